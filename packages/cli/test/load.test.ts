import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { connect, defineConnector, options } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { loadConnector, pick, readdressed } from '../src/connector/load.ts'
import { sourceOf } from '../src/connector/source.ts'
import { sourcesIn } from '../src/connector/sources.ts'
import { readers } from '../src/definition/formats.ts'
import { filesIn } from './support.ts'

const acme = defineConnector({ key: 'acme', name: 'Acme', auth: basic(), baseUrl: 'https://api.acme.test' })
const other = defineConnector({
  key: 'other',
  name: 'Other',
  auth: basic(),
  baseUrl: 'https://api.other.test',
})
const from = { module: '/work/acme.ts' }

test.each([
  ['./acme.ts', { module: '/work/acme.ts', from: '/work' }],
  ['../acme.ts#acme', { module: '/acme.ts', from: '/work', export: 'acme' }],
  ['connectors/acme.ts', { module: '/work/connectors/acme.ts', from: '/work' }],
  ['acme.mjs', { module: '/work/acme.mjs', from: '/work' }],
  ['/opt/acme.js', { module: '/opt/acme.js', from: '/work' }],
  ['acme-connector', { module: 'acme-connector', from: '/work' }],
  ['@acme/connectors/crm#crm', { module: '@acme/connectors/crm', from: '/work', export: 'crm' }],
])('%s is understood as a path or a package', (spec, source) => {
  expect(sourceOf(spec, '/work')).toEqual(source)
})

test('a connector is the default export, else the only one, else the one that is named', () => {
  expect(pick({ default: acme, other }, from)).toBe(acme)
  expect(pick({ other, helper: () => 1, data: { key: 'x' } }, from)).toBe(other)
  expect(pick({ acme, other }, { ...from, export: 'other' })).toBe(other)
  expect(pick({ default: { acme, helper: 1 } }, from)).toBe(acme)
})

test('a module without one connector to take is refused with what there is', () => {
  const refused = (exported: Record<string, unknown>, name?: string): unknown => {
    try {
      return pick(exported, { ...from, ...(name !== undefined && { export: name }) })
    } catch (error) {
      return error
    }
  }
  expect(refused({ acme, other })).toMatchObject({
    exit: 2,
    message: '/work/acme.ts exports several connectors.',
    advice: 'Pick one: /work/acme.ts#acme, /work/acme.ts#other.',
  })
  expect(refused({ strategy: basic() })).toMatchObject({
    exit: 2,
    message: '/work/acme.ts exports no connector.',
  })
  expect(refused({ acme }, 'crm')).toMatchObject({
    message: '/work/acme.ts exports no connector "crm".',
    advice: 'Pick one: /work/acme.ts#acme.',
  })
})

test('a module that throws is the concern of its author', async () => {
  const load = () =>
    Promise.reject(new TypeError('defineConnector("acme"): auth must be a strategy\n    at secret.ts'))
  const terminal = { load, readers, files: filesIn(new Map()) }
  await expect(loadConnector(terminal, { module: '/work/acme.ts', from: '/work' })).rejects.toMatchObject({
    exit: 14,
    message: '/work/acme.ts cannot be loaded: defineConnector("acme"): auth must be a strategy',
  })
})

test('another base URL replaces every address, those of options as well, and nothing else is reached', async () => {
  const connector = defineConnector({
    key: 'acme',
    name: 'Acme',
    auth: options({
      key: {
        strategy: apiKey({ in: 'header', name: 'x-key' }),
        baseUrl: 'https://key.acme.test',
        origins: ['https://key.acme.test'],
      },
      login: basic(),
    }),
    baseUrl: 'https://api.acme.test',
    origins: ['https://api.acme.test', 'https://files.acme.test'],
  })
  const moved = readdressed(connector, 'http://127.0.0.1:8080/v1')
  for (const settings of [
    { option: 'key', apiKey: 'k-1' },
    { option: 'login', username: 'u', password: 'p' },
  ]) {
    const urls: string[] = []
    const fetch = async (input: RequestInfo | URL): Promise<Response> => {
      urls.push(new Request(input).url)
      return new Response()
    }
    const connection = connect(moved, { settings: settings as never, fetch })
    await connection.fetch('/me')
    expect(urls).toEqual(['http://127.0.0.1:8080/v1/me'])
    for (const origin of ['https://api.acme.test', 'https://files.acme.test', 'https://key.acme.test']) {
      await expect(connection.fetch(`${origin}/me`)).rejects.toMatchObject({ code: 'origin_forbidden' })
    }
  }
})

test('a base URL that may not see credentials is refused', () => {
  expect(() => readdressed(acme, 'http://api.acme.test')).toThrow(
    'must be https; http is for loopback addresses only',
  )
  expect(() => readdressed(acme, 'api.acme.test')).toThrow('--base-url is not a URL.')
})

test('where connectors came from is remembered for each connection, names apart that differ in case alone', async () => {
  const files = new Map<string, string>()
  const sources = sourcesIn('/data', filesIn(files))
  await sources.write('acme', {
    module: '/work/acme.ts',
    from: '/work',
    export: 'acme',
    baseUrl: 'https://x.test',
  })
  await sources.write('Acme', { module: 'acme-connector', from: '/work' })
  expect(await sources.read('acme')).toEqual({
    module: '/work/acme.ts',
    from: '/work',
    export: 'acme',
    baseUrl: 'https://x.test',
  })
  expect(await sources.read('Acme')).toEqual({ module: 'acme-connector', from: '/work' })
  expect(new Set([...files.keys()].map((path) => path.toLowerCase())).size).toBe(2)
  await sources.remove('acme')
  expect(await sources.read('acme')).toBeUndefined()
  for (const path of files.keys()) files.set(path, '{"module":1}')
  expect(await sources.read('Acme')).toBeUndefined()
})
