import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { jwtClaims, sha256, thumbprint } from '@latchkey/core/crypto'
import { base64urlEncode } from '@latchkey/core/http'
import { oauth2 } from '@latchkey/oauth2'
import { dpopParts, type DpopKey } from '../src/dpop.ts'
import { api, app, json, open, tokenUrl, world } from './support.ts'

interface Vector {
  readonly id: string
  readonly proof: string
  readonly header: { readonly jwk: DpopKey }
  readonly payload: {
    readonly jti: string
    readonly htm: string
    readonly htu: string
    readonly iat: number
    readonly ath?: string
  }
  readonly jkt: string
  readonly access_token: string
  readonly ath: string
}
const { cases } = JSON.parse(readFileSync(new URL('./vectors/dpop.json', import.meta.url), 'utf8')) as {
  cases: readonly Vector[]
}
const proofs = cases.filter(({ id }) => id !== 'dpop-ath')
const token = cases.find(({ id }) => id === 'dpop-ath') as Vector
const encoded = (value: unknown): string => base64urlEncode(JSON.stringify(value))

test.each(proofs)(
  '$id: header and payload are, byte for byte, those of RFC 9449',
  async ({ proof, header, payload, jkt }) => {
    const { jti, htm: method, htu, iat, ath } = payload
    const accessToken = ath === undefined ? undefined : token.access_token
    const parts = await dpopParts(
      { ...header.jwk, d: 'private' },
      { jti, method, url: `${htu}?query#fragment`, iat, accessToken },
    )
    expect(`${encoded(parts.header)}.${encoded(parts.payload)}`).toBe(proof.split('.').slice(0, 2).join('.'))
    expect(await thumbprint(header.jwk as JsonWebKey)).toBe(jkt)
  },
)

test('ath is that of RFC 9449 section 7.1', async () => {
  expect(base64urlEncode(await sha256(token.access_token))).toBe(token.ath)
})

/** A proof, verified with the key that it carries. */
function checked(proof: string | null): { jwk: JsonWebKey; claims: Record<string, unknown> } {
  const [head = '', payload = '', signature = ''] = (proof ?? '').split('.')
  const { typ, alg, jwk } = JSON.parse(Buffer.from(head, 'base64url').toString()) as {
    typ: string
    alg: string
    jwk: JsonWebKey
  }
  expect([typ, alg, Object.keys(jwk)]).toEqual(['dpop+jwt', 'ES256', ['kty', 'x', 'y', 'crv']])
  const key = createPublicKey({ key: jwk as never, format: 'jwk' })
  expect(
    verify(
      'sha256',
      Buffer.from(`${head}.${payload}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  ).toBe(true)
  return { jwk, claims: jwtClaims(proof ?? '') ?? {} }
}

test('tokens are bound to one key, each proof is fresh, and the nonces of both servers are learnt', async () => {
  const provider = world(({ headers }) =>
    headers.get('dpop')?.includes('.') && jwtClaims(headers.get('dpop') ?? '')?.['nonce'] !== 'as-nonce'
      ? json({ error: 'use_dpop_nonce' }, { status: 400, headers: { 'dpop-nonce': 'as-nonce' } })
      : json({ access_token: 'bound-token', token_type: 'DPoP', refresh_token: 'r1', expires_in: 60 }),
  )
  let refused = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await provider.fetch(input, init)
    const last = provider.sent.at(-1)
    if (!response.ok || last === undefined || last.url !== new Request(input).url) return response
    const { nonce } = checked(last.headers.get('dpop')).claims
    if (nonce === 'rs-nonce-2') return response
    refused += 1
    const headers = {
      'dpop-nonce': refused === 1 ? 'rs-nonce-1' : 'rs-nonce-2',
      'www-authenticate': 'DPoP error="use_dpop_nonce"',
    }
    return nonce === 'rs-nonce-1'
      ? new Response('{}', { headers })
      : new Response('', { status: 401, headers })
  }
  const { connection, credentials } = open(
    oauth2({ tokenUrl, grant: 'password', dpop: true }),
    { ...provider, fetch },
    { settings: { ...app, username: 'u', password: 'p' } },
  )
  const first = await connection.fetch(`${api}/things?a=1`)
  const second = await connection.fetch(`${api}/things`, { method: 'POST', body: 'x' })
  expect([first.status, second.status]).toEqual([200, 200])
  // One refused proof at each server; the nonce of a good answer is used for the next request.
  expect([provider.asked.length, provider.sent.length]).toEqual([2, 3])
  const all = [...provider.asked, ...provider.sent].map(({ headers }) => checked(headers.get('dpop')))
  expect(new Set(all.map(({ claims }) => claims['jti'])).size).toBe(5)
  expect(new Set(all.map(({ jwk }) => jwk.x)).size).toBe(1)
  const ath = base64urlEncode(await sha256('bound-token'))
  expect(checked(provider.sent[2]?.headers.get('dpop') ?? '').claims).toMatchObject({
    htm: 'POST',
    htu: `${api}/things`,
    ath,
    nonce: 'rs-nonce-2',
  })
  expect(provider.sent[2]?.headers.get('authorization')).toBe('DPoP bound-token')
  expect((await credentials())?.dpopKey).toMatchObject({
    kty: 'EC',
    crv: 'P-256',
    d: expect.any(String) as never,
  })
})

test('a refresh proves the key that the old tokens were bound to', async () => {
  const provider = world((_, nth) =>
    json({ access_token: `bound-token-${nth}`, token_type: 'DPoP', refresh_token: 'r1', expires_in: 60 }),
  )
  const { connection } = open(oauth2({ tokenUrl, grant: 'password', dpop: true }), provider, {
    settings: { ...app, username: 'u', password: 'p' },
  })
  await connection.fetch(api)
  await connection.refresh()
  await connection.fetch(api)
  const keys = [...provider.asked, ...provider.sent].map(({ headers }) => checked(headers.get('dpop')).jwk.x)
  expect([provider.asked[1]?.form.get('grant_type'), new Set(keys).size]).toEqual(['refresh_token', 1])
})

test('a consent binds its code to the key before there is a token', async () => {
  const provider = world(() => json({ access_token: 'bound-token', token_type: 'dpop' }))
  const { connection, credentials } = open(
    oauth2({ authorizationUrl: 'https://as.example.com/a', tokenUrl, dpop: true }),
    provider,
  )
  const { url, pending } = await connection.authorize.begin({ redirectUri: 'https://h.example/cb' })
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  const { jwk } = checked(provider.asked[0]?.headers.get('dpop') ?? '')
  expect(new URL(url).searchParams.get('dpop_jkt')).toBe(await thumbprint(jwk))
  expect((await credentials())?.dpopKey).toMatchObject({ x: jwk.x })
})
