import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { digest, type DigestAlgorithm, type Qop } from '@latchkey/digest'
import { connect } from '@latchkey/core'
import { parseChallenges } from '@latchkey/core/http'
import { bestChallenge } from '../src/challenge.ts'
import { answerHeader, responseOf, secretHash, sessionHash, userHash } from '../src/response.ts'

interface Row {
  readonly id: string
  readonly method: string
  readonly uri: string
  readonly username: string
  readonly password: string
  readonly realm: string
  readonly nonce: string
  readonly cnonce: string
  readonly nc: string
  readonly qop?: Qop
  readonly opaque: string
  readonly algorithm?: string
  readonly body?: string
  readonly userhash?: boolean
  readonly userhash_value?: string
  readonly userhash_computed?: string
  readonly response: string
  readonly computed?: string
}

interface Vectors {
  readonly cases: readonly Row[]
  readonly challenges: readonly {
    readonly id: string
    readonly headers: readonly string[]
    readonly expect: string | readonly { readonly scheme: string; readonly params: object }[]
  }[]
}

const { cases, challenges } = JSON.parse(
  readFileSync(new URL('vectors/digest.json', import.meta.url), 'utf8'),
) as Vectors

const hashOf = (algorithm = 'MD5'): DigestAlgorithm => algorithm.replace('-sess', '') as DigestAlgorithm

async function computed(row: Row): Promise<string> {
  const { algorithm, username, password, realm, nonce, cnonce, body = '' } = row
  const hash = hashOf(algorithm)
  const plain = await secretHash(hash, username, realm, password)
  const secret = algorithm?.endsWith('-sess') ? await sessionHash(hash, plain, nonce, cnonce) : plain
  return responseOf(secret, { ...row, hash, qop: row.qop, body: new TextEncoder().encode(body) })
}

/** The text with the lowest bit of its last letter or digit changed. */
const flipped = (text: string): string =>
  text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1)

describe('every row of digest.json gives its response, and with one bit changed another', () => {
  test.each(cases.map((row) => [row.id, row] as const))('%s', async (_, row) => {
    const expected = row.computed ?? row.response
    expect(await computed(row)).toBe(expected)
    const parts = ['method', 'uri', 'username', 'password', 'realm', 'nonce'] as const
    const counted = row.qop === undefined ? [] : (['nc', 'cnonce'] as const)
    for (const part of [...parts, ...counted])
      expect([part, await computed({ ...row, [part]: flipped(row[part]) })]).not.toEqual([part, expected])
    if (row.qop === 'auth-int')
      expect(await computed({ ...row, body: flipped(row.body!) })).not.toBe(expected)
  })
})

test.each(cases.filter(({ userhash }) => userhash).map((row) => [row.id, row] as const))(
  'the hash of the user name, and with one bit changed another: %s',
  async (_, row) => {
    const expected = row.userhash_computed ?? row.userhash_value!
    const hash = hashOf(row.algorithm)
    expect(await userHash(hash, row.username, row.realm)).toBe(expected)
    expect(await userHash(hash, flipped(row.username), row.realm)).not.toBe(expected)
    expect(await userHash(hash, row.username, flipped(row.realm))).not.toBe(expected)
  },
)

test('what RFC 7616 section 3.9.2 prints is SHA-512 cut in half, and is not sent', async () => {
  const row = cases.find(({ id }) => id.endsWith('as-printed'))!
  expect(await computed(row)).not.toBe(row.response)
  expect(await userHash('SHA-512-256', row.username, row.realm)).not.toBe(row.userhash_value)
})

test('the header is that of RFC 7616 section 3.9.1, parameter by parameter', () => {
  const row = cases.find(({ id }) => id === 'rfc7616-3.9.1-sha256')!
  const { username: user, opaque, algorithm, qop } = row
  const header = answerHeader({ ...row, user, opaque, algorithm, qop, userhash: false, session: false })
  expect(header).toBe(
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, ' +
      'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ' +
      'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, ' +
      'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", ' +
      'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
  )
})

describe('every row of the challenges', () => {
  test.each(challenges.map((row) => [row.id, row] as const))('%s', (_, { headers, expect: expected }) => {
    const joined = headers.join(', ')
    const best = bestChallenge(joined, { algorithms: ['SHA-256', 'SHA-512-256', 'MD5'], qop: 'auth' })
    if (typeof expected === 'string') {
      expect(best).toMatchObject({ hash: 'SHA-256', algorithm: 'SHA-256', qop: 'auth' })
      return
    }
    expect(best).toBe(undefined)
    expect(parseChallenges(joined).map(({ scheme, params }) => ({ scheme, params: { ...params } }))).toEqual(
      expected.map(({ scheme, params }) => ({ scheme: scheme.toLowerCase(), params })),
    )
  })
})

test('what goes over the wire is the vector, from the challenge to the answer', async () => {
  const row = cases.find(({ id }) => id === 'gen-sha256-userhash')!
  const sent: Headers[] = []
  const fetch: typeof globalThis.fetch = async (_, init) => {
    sent.push(new Headers(init?.headers))
    const challenge = `Digest realm="${row.realm}", nonce="${row.nonce}", opaque="${row.opaque}", qop="auth", algorithm=SHA-256, userhash=true, charset=UTF-8`
    return new Response(null, {
      status: sent.length > 1 ? 200 : 401,
      headers: { 'www-authenticate': challenge },
    })
  }
  const settings = { username: row.username, password: row.password }
  const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(7)
  const connection = connect(digest(), { settings, fetch, random, origins: ['https://api.example.org'] })
  await connection.fetch(`https://api.example.org${row.uri}`, { method: row.method })
  const cnonce = '07'.repeat(16)
  expect(sent.map((headers) => headers.get('authorization'))).toEqual([
    null,
    `Digest username="${row.userhash_value!}", realm="${row.realm}", uri="${row.uri}", algorithm=SHA-256, ` +
      `nonce="${row.nonce}", nc=00000001, cnonce="${cnonce}", qop=auth, ` +
      `response="${await computed({ ...row, cnonce })}", opaque="${row.opaque}", userhash=true`,
  ])
})

test('on runtimes without Node’s cryptography the vectors come out the same', () => {
  const script = fileURLToPath(new URL('portable.mjs', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(
    cases.map((row) => [
      row.id,
      row.computed ?? row.response,
      row.userhash === true ? (row.userhash_computed ?? row.userhash_value) : null,
    ]),
  )
})
