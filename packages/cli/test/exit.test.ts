import { AuthError, type AuthErrorCode } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { exit } from '../src/output/failure.ts'
import { jsonOf, reportOf, textOf } from '../src/output/report.ts'
import { asModules, canary, keyed } from './connectors.ts'
import { machine } from './support.ts'

test('the exit codes are those of the documentation', () => {
  expect(exit).toEqual({
    ok: 0,
    unexpected: 1,
    usage: 2,
    settings: 10,
    reconnect: 11,
    retry: 12,
    operator: 13,
    code: 14,
    httpError: 22,
    cancelled: 130,
  })
})

test.each<[AuthErrorCode, number]>([
  ['settings_invalid', 10],
  ['credentials_missing', 11],
  ['credentials_expired', 11],
  ['credentials_rejected', 11],
  ['authorization_denied', 11],
  ['authorization_mismatch', 11],
  ['provider_unavailable', 12],
  ['store_unavailable', 12],
  ['client_rejected', 13],
  ['connection_paused', 13],
  ['response_invalid', 13],
  ['origin_forbidden', 14],
  ['body_not_replayable', 14],
  ['definition_invalid', 14],
  ['unsupported', 14],
])('%s ends with %i, in one sentence what and in one who must act', (code, expected) => {
  const report = reportOf(new AuthError(code, 'It failed', { retryAfter: 1500 }))
  expect(report.exit).toBe(expected)
  expect(textOf(report)).toMatch(/^latchkey: It failed\.\n[A-Z][^\n]+\.\n$/)
  expect(JSON.parse(jsonOf(report))).toEqual({
    error: { code, exit: expected, message: 'It failed.', action: report.who, retryAfter: 1500 },
  })
})

test('a wait that the provider asks for is said in seconds', () => {
  expect(reportOf(new AuthError('provider_unavailable', 'Busy.', { retryAfter: 1500 })).who).toBe(
    'Nobody must act: try again in 2 s.',
  )
})

test('with --json an error is one line of JSON on standard error', async () => {
  const { code, out, err } = await machine().run('test', 'x', '--json')
  expect({ code, out }).toEqual({ code: 11, out: '' })
  expect(JSON.parse(err)).toEqual({
    error: {
      code: 'failed',
      exit: 11,
      message: 'There is no connection "x".',
      action: 'You must connect first: latchkey connect <connector> --as x.',
    },
  })
})

test('the stack of an error is shown only where LATCHKEY_DEBUG asks for it', async () => {
  const fetch = () => Promise.reject(new Error(`bug with ${canary}`))
  const world = { modules: asModules, fetch, env: { LATCHKEY_API_KEY: canary } }
  const plain = await machine(world).run('connect', './keyed.ts')
  expect(plain.err).not.toContain(' at ')
  const debugged = await machine({ ...world, env: { ...world.env, LATCHKEY_DEBUG: '1' } }).run(
    'connect',
    './keyed.ts',
  )
  expect(debugged.err).toContain(' at ')
  expect(plain.err + debugged.err).not.toContain(canary)
})

test('an error that nobody foresaw ends with 1', async () => {
  const store = { read: () => Promise.reject(new Error('out of cheese')) }
  const at = machine({ modules: { '/work/a.ts': { keyed } }, store: store as never })
  expect(await at.run('connect', './a.ts')).toEqual({
    code: 1,
    out: '',
    err: 'latchkey: out of cheese\nRun it again with LATCHKEY_DEBUG=1 to see where; if latchkey is to blame, please report it.\n',
  })
})

test.each([
  [[]],
  [['conect', './a.ts']],
  [['connect']],
  [['connect', './a.ts', '--unknown']],
  [['connect', './a.ts', 'b.ts']],
  [['connect', './nowhere.ts']],
  [['request', 'x']],
])('a call that is wrong ends with 2: %j', async (args) => {
  expect((await machine().run(...args)).code).toBe(2)
})

test('help and version go to standard output and end with 0', async () => {
  expect(await machine().run('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' })
  for (const args of [['--help'], ['help', 'connect'], ['connect', '--help']]) {
    const { code, out, err } = await machine().run(...args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Usage: latchkey')
  }
})
