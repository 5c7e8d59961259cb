import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connect, type Connection } from '@latchkey/core'
import { digest, type DigestAlgorithm } from '@latchkey/digest'
import { missing } from '../../../../tools/needs.ts'
import { startApache, startLighttpd, users, type Running } from './real.ts'
import { paramsIn } from './server.ts'

const apache = '/usr/sbin/apache2'
const modules = '/usr/lib/apache2/modules'
const lighttpd = '/usr/sbin/lighttpd'

interface Client {
  readonly connection: Connection
  /** The network as that connection sees it. */
  readonly fetch: typeof globalThis.fetch
  /** What was sent, by the parameters of its Authorization header, and the status of the answer. */
  readonly sent: (readonly [Readonly<Record<string, string>>, number])[]
}

function client(
  origin: string,
  username: string,
  password: string,
  algorithms?: DigestAlgorithm[],
  change: (headers: Headers) => void = () => undefined,
): Client {
  const sent: Client['sent'] = []
  const auth = digest(algorithms === undefined ? {} : { algorithms })
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init)
    sent.push([paramsIn(new Headers(init?.headers)), response.status])
    const headers = new Headers(response.headers)
    change(headers)
    return new Response(response.body, { status: response.status, headers })
  }
  const connection = connect(auth, { settings: { username, password }, origins: [origin], fetch })
  return { connection, fetch, sent }
}

const server = { now: undefined as Running | undefined }
const origin = (): string => server.now!.origin

function runs(start: () => Promise<Running>): void {
  beforeAll(async () => {
    server.now = await start()
  })
  afterAll(() => server.now?.stop())
}

if (!existsSync(apache)) missing('Apache', 'no apache2; run tools/debian-packages.sh')
else {
  describe('Apache mod_auth_digest', () => {
    runs(() => startApache(apache, modules, 300))

    test('accepts every user, at every path and with a query, one request each after the first', async () => {
      for (const [username, password] of Object.entries(users)) {
        const { connection, sent } = client(origin(), username, password)
        expect(await (await connection.fetch(`${origin()}/d/one.txt`)).text()).toBe('one')
        expect(await (await connection.fetch(`${origin()}/d/deep/two.txt?a=b%20c&d='e'`)).text()).toBe('two')
        expect((await connection.fetch(`${origin()}/d/`, { method: 'POST', body: 'x' })).status).not.toBe(401)
        expect(sent.slice(0, 3).map(([{ algorithm, nc }, status]) => [algorithm, nc, status])).toEqual([
          [undefined, undefined, 401],
          ['MD5', '00000001', 200],
          ['MD5', '00000002', 200],
        ])
      }
      expect(await server.now!.log()).not.toContain('password mismatch')
    })

    test('refuses a wrong password, and nothing is tried twice', async () => {
      const { connection, sent } = client(origin(), 'ada', 'wrong')
      expect((await connection.fetch(`${origin()}/d/one.txt`)).status).toBe(401)
      expect(sent.map(([, status]) => status)).toEqual([401, 401])
      expect(await server.now!.log()).toContain('password mismatch')
    })

    test('many at once are all accepted', async () => {
      const { connection } = client(origin(), 'ada', users['ada']!)
      const all = Array.from({ length: 50 }, () => connection.fetch(`${origin()}/d/one.txt`))
      expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set([200]))
    })
  })

  describe('Apache with nonces that live for 20 seconds', () => {
    runs(() => startApache(apache, modules, 20))

    test('names the next nonce, which is used and accepted', async () => {
      const { connection, sent } = client(origin(), 'ada', users['ada']!)
      for (let turn = 0; turn < 3; turn++) await connection.fetch(`${origin()}/d/one.txt`)
      expect(sent.map(([{ nc }, status]) => [nc, status])).toEqual([
        [undefined, 401],
        ['00000001', 200],
        ['00000001', 200],
        ['00000001', 200],
      ])
    })

    test('says that a nonce is stale which it does not know, and accepts the answer to the new one', async () => {
      const { connection, sent } = client(origin(), 'ada', users['ada']!, undefined, (headers) => {
        const info = headers.get('authentication-info')
        // The last digit of a hash that only the server could make.
        if (info !== null)
          headers.set('authentication-info', info.replace(/nextnonce="(.*?).",/, 'nextnonce="$1x",'))
      })
      await connection.fetch(`${origin()}/d/one.txt`)
      expect((await connection.fetch(`${origin()}/d/one.txt`)).status).toBe(200)
      expect(sent.map(([, status]) => status)).toEqual([401, 200, 401, 200])
    })
  })

  describe("Apache's own proof", () => {
    runs(() => startApache(apache, modules, 60))

    test('is right for us, and wrong for who knows another password', async () => {
      const settings = { username: 'ada', password: users['ada']! }
      const connection = connect(digest({ verify: true }), { settings, origins: [origin()] })
      expect(await (await connection.fetch(`${origin()}/d/one.txt`)).text()).toBe('one')
      const other = client(origin(), 'ada', users['ada']!, undefined, (headers) => {
        const info = headers.get('authentication-info') ?? ''
        headers.set('authentication-info', info.replace(/rspauth="./, 'rspauth="x'))
      })
      const strict = connect(digest({ verify: true }), { settings, origins: [origin()], fetch: other.fetch })
      await expect(strict.fetch(`${origin()}/d/one.txt`)).rejects.toThrow('could not prove')
    })
  })
}

if (!existsSync(lighttpd)) missing('lighttpd', 'no lighttpd; run tools/debian-packages.sh')
else {
  describe('lighttpd mod_auth', () => {
    runs(() => startLighttpd(lighttpd))

    test('offers SHA-256 and MD5, is answered with SHA-256, and accepts it', async () => {
      const { connection, sent } = client(origin(), 'ada', users['ada']!)
      for (const path of ['one.txt', 'deep/two.txt?x=%22y%22', 'one.txt'])
        expect((await connection.fetch(`${origin()}/d/${path}`)).status).toBe(200)
      expect(sent.map(([{ algorithm, nc }, status]) => [algorithm, nc, status])).toEqual([
        [undefined, undefined, 401],
        ['SHA-256', '00000001', 200],
        ['SHA-256', '00000002', 200],
        ['SHA-256', '00000003', 200],
      ])
    })

    test('accepts MD5 from who asks for it', async () => {
      const { connection, sent } = client(origin(), 'ada', users['ada']!, ['MD5'])
      expect((await connection.fetch(`${origin()}/d/one.txt`)).status).toBe(200)
      expect(sent.at(-1)?.[0]['algorithm']).toBe('MD5')
    })

    test('refuses a wrong password after one attempt', async () => {
      const { connection, sent } = client(origin(), 'ada', 'wrong')
      expect((await connection.fetch(`${origin()}/d/one.txt`)).status).toBe(401)
      expect(sent).toHaveLength(2)
    })
  })
}
