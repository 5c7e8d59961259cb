import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { AuthStrategy } from '@latchkey/core'
import { strategyLaws } from '@latchkey/testing'

// A package outside the workspace: what it knows of us is what `npm pack` puts into the tarballs.

const root = fileURLToPath(new URL('../../../', import.meta.url))
const modules = join(root, 'node_modules')
const folder = mkdtempSync(join(tmpdir(), 'latchkey-third-party-'))
const run = promisify(execFile)

const tsc = (cwd: string, ...flags: string[]) =>
  run(process.execPath, [join(modules, 'typescript/bin/tsc'), ...flags], { cwd })

/** The compositions that must compile, and what must not. */
const composition = `
import { bearer } from '@latchkey/bearer'
import { connect, options } from '@latchkey/core'
import { hmacHeader } from './hmac-header.js'

const auth = options({ signed: hmacHeader, token: bearer() })
const origins = ['https://api.example.com']
export const right = [
  connect(auth, { origins, settings: { option: 'signed', keyId: 'k-1', secret: 's-1' } }),
  connect(auth, { origins, settings: { option: 'token', token: 't-1' } }),
  connect(hmacHeader, { origins, settings: { keyId: 'k-1', secret: 's-1' } }),
]
export const wrong = () => [
  // @ts-expect-error the secret is missing
  connect(auth, { origins, settings: { option: 'signed', keyId: 'k-1' } }),
  // @ts-expect-error the token is another option's
  connect(auth, { origins, settings: { option: 'signed', token: 't-1' } }),
  // @ts-expect-error there is no such option
  connect(auth, { origins, settings: { option: 'other' } }),
  // @ts-expect-error a secret is a text
  connect(hmacHeader, { origins, settings: { keyId: 'k-1', secret: 1 } }),
]
`

/** The laws under node:test; with BROKEN the strategy signs for ever what it signed first. */
const laws = `
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { testStrategy } from '@latchkey/testing'
import { hmacHeader } from './out/hmac-header.js'

let first
const broken = {
  ...hmacHeader,
  async apply(request, c) {
    await hmacHeader.apply(request, c)
    request.headers.set('x-acme-signature', (first ??= request.headers.get('x-acme-signature')))
  },
}
testStrategy(
  process.env.BROKEN ? broken : hmacHeader,
  {
    settings: { keyId: 'id-1', secret: 'secret-canary-1' },
    accepts: ({ headers, body }, { settings }) =>
      headers.get('x-acme-key') === settings.keyId &&
      headers.get('x-acme-signature') === createHmac('sha256', settings.secret).update(body).digest('hex'),
  },
  { test },
)
`

const nodeTest = async (env: Record<string, string> = {}): Promise<{ passed: number; failed: number }> => {
  const flags = ['--test', '--test-reporter=tap', 'acme.test.mjs']
  const options = { cwd: folder, env: { ...process.env, NODE_OPTIONS: '', ...env } }
  const { stdout } = await run(process.execPath, flags, options).catch(
    (error: unknown) => error as { stdout: string },
  )
  const count = (word: string): number => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(stdout)?.[1])
  return { passed: count('pass'), failed: count('fail') }
}

beforeAll(async () => {
  await tsc(root, '-b', 'packages/testing', 'packages/strategies/bearer')
  mkdirSync(join(folder, 'tarballs'))
  for (const name of ['core', 'testing', 'strategies/bearer']) {
    const flags = ['pack', '--silent', '--pack-destination', join(folder, 'tarballs')]
    await run('npm', flags, { cwd: join(root, 'packages', name) })
  }
  writeFileSync(join(folder, 'package.json'), '{"name":"acme-auth","private":true,"type":"module"}')
  const tarballs = readdirSync(join(folder, 'tarballs')).map((file) => join(folder, 'tarballs', file))
  // What the core depends on comes from here, so that no registry is asked.
  const others = ['ky', 'undici', '@standard-schema/spec'].map((name) => join(modules, name))
  const flags = ['install', '--offline', '--install-links', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', [...flags, ...tarballs, ...others], { cwd: folder })
  mkdirSync(join(folder, 'src'))
  cpSync(join(root, 'examples/authoring/hmac-header.ts'), join(folder, 'src/hmac-header.ts'))
  writeFileSync(join(folder, 'src/composition.ts'), composition)
  writeFileSync(join(folder, 'acme.test.mjs'), laws)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("a third party's scheme is at most 15 lines and knows the core alone", () => {
  const lines = readFileSync(join(folder, 'src/hmac-header.ts'), 'utf8').split('\n')
  const code = lines.filter((line) => line.trim() !== '' && !line.startsWith('/**'))
  expect(code.length).toBeLessThanOrEqual(15)
  expect(code.flatMap((line) => /from '([^']+)'/.exec(line)?.[1] ?? [])).toEqual([
    'node:crypto',
    '@latchkey/core',
  ])
})

test('it compiles from the packed tarballs, and stands in options() beside ours with inferred settings', async () => {
  const typed = ['--typeRoots', join(modules, '@types'), '--types', 'node']
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--declaration']
  const modern = ['--target', 'es2022', '--module', 'nodenext', '--outDir', 'out']
  const sources = ['src/hmac-header.ts', 'src/composition.ts']
  await tsc(folder, ...typed, ...strict, ...modern, ...sources).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout)
  })
  expect(readdirSync(join(folder, 'out')).sort()).toContain('hmac-header.js')
}, 60_000)

test('it keeps every law under node:test, and one that breaks them fails there', async () => {
  const concerned: string[] = []
  const { testStrategy } = await import('@latchkey/testing')
  const kase = { settings: { keyId: 'id-1', secret: 'secret-canary-1' }, accepts: () => true }
  const { hmacHeader } = (await import(join(root, 'examples/authoring/hmac-header.ts'))) as {
    hmacHeader: AuthStrategy
  }
  testStrategy(hmacHeader, kase, { test: (name) => concerned.push(name) })
  expect(concerned.length).toBeGreaterThan(strategyLaws.length / 2)
  expect(await nodeTest()).toEqual({ passed: concerned.length, failed: 0 })
  const broken = await nodeTest({ BROKEN: '1' })
  expect(broken.passed + broken.failed).toBe(concerned.length)
  expect(broken.failed).toBeGreaterThan(3)
}, 60_000)
