import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from '@jest/globals'
import { hawk, type HawkOptions } from '@latchkey/hmac'
import { connect } from '@latchkey/core'
// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- the package has no types
// @ts-ignore
import untyped from 'hawk'
import { network } from '../../../../tools/network.ts'
import { hawkMac, payloadHash, timeMac, type HawkAlgorithm } from '../src/hawk-mac.ts'
import { flipped, signed } from './support.ts'

const peer = untyped as {
  readonly client: { header(uri: object, method: string, options: object): { readonly header: string } }
}

interface Row {
  readonly id: string
  readonly id_: string
  readonly key: string
  readonly algorithm: HawkAlgorithm
  readonly ts: number
  readonly nonce: string
  readonly ext?: string
  readonly host: string
  readonly port: number
  readonly method: string
  readonly path: string
  readonly payload?: string
  readonly contentType?: string
  readonly computed_hash?: string
  readonly computed_mac: string
}

const { cases } = JSON.parse(readFileSync(new URL('vectors/hawk.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Row[]
}

describe('every row of hawk.json', () => {
  test.each(cases.map((row) => [row.id, row] as const))('%s', async (_, row) => {
    const { algorithm, payload, contentType = '', path, key } = row
    const hash = payload === undefined ? undefined : await payloadHash(payload, contentType, algorithm)
    expect(hash).toBe(row.computed_hash)
    const parts = { ...row, resource: path, hash }
    expect(await hawkMac(key, algorithm, parts)).toBe(row.computed_mac)
    expect(await hawkMac(flipped(key), algorithm, parts)).not.toBe(row.computed_mac)
    expect(await hawkMac(key, algorithm, { ...parts, ts: row.ts ^ 1 })).not.toBe(row.computed_mac)
    if (payload)
      expect(await payloadHash(flipped(payload), contentType, algorithm)).not.toBe(row.computed_hash)
  })
})

const settings = { id: 'dh37fgj492je', key: 'werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn' }

test('the header is the one of the hawk package', async () => {
  const printable = fc.stringMatching(/^[\x20-\x7e]{0,12}$/).map((text) => text.trim())
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        host: fc.constantFrom('https://example.com', 'http://example.com', 'https://example.com:8443'),
        path: fc.webPath(),
        query: fc.option(
          fc.webQueryParameters().filter((text) => text !== ''),
          { nil: undefined },
        ),
        body: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), { nil: null }),
        type: fc.constantFrom('text/plain', 'Application/JSON; charset=utf-8'),
        ext: fc.option(printable, { nil: undefined }),
        app: fc.option(fc.stringMatching(/^\w{1,9}$/), { nil: undefined }),
        dlg: fc.option(fc.stringMatching(/^\w{1,9}$/), { nil: undefined }),
        algorithm: fc.constantFrom('sha1' as const, 'sha256' as const),
        key: fc.string({ minLength: 1, maxLength: 90 }),
        now: fc.integer({ min: 1_000, max: 4_000_000_000_000 }),
      }),
      async ({ method, host, path, query, body, type, ext, app, dlg, algorithm, key, now }) => {
        const { href } = new URL(`${host}${path}${query === undefined ? '' : `?${query}`}`)
        const options: HawkOptions = {
          algorithm,
          ...(ext !== undefined && { ext }),
          ...(app && { app }),
          ...(app && dlg && { dlg }),
        }
        const sent = await signed(
          hawk(options),
          { id: settings.id, key },
          href,
          { method, body, headers: { 'content-type': type } },
          { now },
        )
        const theirs = peer.client.header(new URL(href), method, {
          ...options,
          credentials: { id: settings.id, key, algorithm },
          timestamp: Math.floor(now / 1000),
          nonce: 'BwcHBwcH',
          ...(body !== null && { payload: body, contentType: type }),
        })
        expect(sent.headers.get('authorization')).toBe(theirs.header)
      },
    ),
    { numRuns: 300 },
  )
})

describe("the server's time", () => {
  const origins = ['https://example.com']
  const now = () => 1_353_832_234_000

  const server = (time: number, mac: (ts: string) => string | Promise<string>) => {
    let challenge = ''
    return {
      ready: Promise.resolve(mac(String(time))).then((tsm) => {
        challenge = `Hawk ts="${time}", tsm="${tsm}", error="Stale timestamp"`
      }),
      ...network(({ headers }) =>
        headers.get('authorization')?.includes(`ts="${time}"`)
          ? new Response('ok')
          : new Response('', { status: 401, headers: { 'www-authenticate': challenge } }),
      ),
    }
  }

  test('is learnt from a challenge with its MAC', async () => {
    const net = server(1_353_900_000, (ts) => timeMac(settings.key, 'sha256', ts))
    await net.ready
    const connection = connect(hawk(), { settings, origins, fetch: net.fetch, now })
    expect((await connection.fetch('https://example.com/')).status).toBe(200)
    expect((await connection.fetch('https://example.com/')).status).toBe(200)
    expect(net.sent).toHaveLength(3)
  })

  test('is not believed without one', async () => {
    const net = server(1_353_900_000, (ts) => timeMac('another key', 'sha256', ts))
    await net.ready
    const connection = connect(hawk(), { settings, origins, fetch: net.fetch, now })
    expect((await connection.fetch('https://example.com/')).status).toBe(401)
    expect(net.sent).toHaveLength(1)
  })
})

test('bodies need not be hashed, so that a stream can be sent', async () => {
  const stream = () => new Response('hello').body!
  const sent = await signed(hawk({ payload: false }), settings, 'https://example.com/', {
    method: 'POST',
    body: stream(),
  })
  expect(sent.headers.get('authorization')).not.toContain('hash=')
})

test('options that cannot work are refused at construction, by name', () => {
  const cases: [HawkOptions, string][] = [
    [{ algorithm: 'md5' as never }, 'hawk: algorithm'],
    [{ ext: 'a\nb' }, 'hawk: ext'],
    [{ dlg: 'a' }, 'hawk: dlg needs app'],
  ]
  for (const [options, message] of cases) {
    expect(() => hawk(options)).toThrow(TypeError)
    expect(() => hawk(options)).toThrow(message)
  }
})
