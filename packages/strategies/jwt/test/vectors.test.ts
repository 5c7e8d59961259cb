import { createPublicKey, verify, type JsonWebKey as NodeJwk, type VerifyKeyObjectInput } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { thumbprint } from '@latchkey/core/crypto'
import { jwt } from '@latchkey/jwt'
import type { JwtAlgorithm } from '../src/algorithm.ts'
import { hmacSignature, signerFor, type Members } from '../src/key.ts'

interface Row {
  readonly id: string
  readonly jwk?: NodeJwk
  readonly alg?: JwtAlgorithm
  readonly compact?: string
  readonly jwk_thumbprint?: string
  readonly thumbprint?: string
  readonly input?: { readonly payload: string; readonly key: NodeJwk; readonly alg: JwtAlgorithm }
  readonly signing?: { readonly protected: Members; readonly protected_b64u: string }
  readonly output?: { readonly compact?: string }
}

const { cases } = JSON.parse(readFileSync(new URL('vectors/jose.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Row[]
}

/** Rows about what a client that signs its own JWTs never makes. */
const elsewhere: Readonly<Record<string, string>> = {
  'cookbook/curve25519/ecdh-es.json': 'encryption (JWE)',
  'cookbook/jws/4_5.signature_with_detached_content.json': 'a detached payload is no JWT',
  'cookbook/jws/4_6.protecting_specific_header_fields.json':
    'JSON serialization: a JWT is compact (RFC 7519 section 1)',
  'cookbook/jws/4_7.protecting_content_only.json':
    'JSON serialization: a JWT is compact (RFC 7519 section 1)',
  'cookbook/jws/4_8.multiple_signatures.json': 'JSON serialization: a JWT is compact (RFC 7519 section 1)',
  'cookbook/rfc7797/4.2.hmac-sha2_b64_false.json': 'b64=false is not for JWTs (RFC 7797 section 7)',
  'cookbook/rfc7797/hmac-sha2_b64_false.json': 'b64=false is not for JWTs (RFC 7797 section 7)',
  'rfc8705-A': 'the thumbprint of a client certificate belongs to mutual TLS',
}
/** Rows whose header has line breaks or another order than ours: their signing input is taken as it is. */
const signed = cases.flatMap((row) => {
  const compact = row.compact ?? row.output?.compact
  const jwk = row.jwk ?? row.input?.key
  const alg = row.alg ?? row.input?.alg
  return compact === undefined || jwk === undefined || alg === undefined || row.id in elsewhere
    ? []
    : [{ id: row.id, compact, jwk, alg }]
})

const isRandom = (alg: string): boolean => /^(?:PS|ES)/.test(alg)
const flip = (text: string): string => {
  const bytes = Buffer.from(text, 'base64url')
  bytes[0]! ^= 1
  return bytes.toString('base64url')
}

function verifies(alg: string, jwk: NodeJwk, input: string, signature: string): boolean {
  const { kty, crv, x, y, n, e } = jwk
  const key: VerifyKeyObjectInput = {
    key: createPublicKey({
      key: JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as NodeJwk,
      format: 'jwk',
    }),
    dsaEncoding: 'ieee-p1363',
    ...(alg.startsWith('PS') && { padding: 6, saltLength: Number(alg.slice(2)) / 8 }),
  }
  const hash = alg === 'EdDSA' ? null : `sha${alg.slice(2, 5)}`
  return verify(hash, Buffer.from(input), key, Buffer.from(signature, 'base64url'))
}

/** Our token over the header and payload of the row. */
async function ours(
  row: (typeof signed)[number],
  change: (payload: string) => string = (same) => same,
): Promise<string> {
  const [header = '', payload = ''] = row.compact.split('.')
  const signer = await signerFor({
    algorithm: row.alg,
    text: JSON.stringify(row.jwk),
    fields: ['key', 'passphrase'],
    encoding: 'text',
    base64EncodeSecret: false,
    shortSecret: false,
  })
  const plain = (part: string): string => Buffer.from(part, 'base64url').toString('utf8')
  return await signer.sign(JSON.parse(plain(header)) as Members, change(plain(payload)))
}

test('every row of jose.json is tried or has a reason not to be', () => {
  const others = ['rfc7515-A.5-none', 'rfc7638-3.1']
  expect([...signed.map(({ id }) => id), ...others, ...Object.keys(elsewhere)].sort()).toEqual(
    cases.map(({ id }) => id).sort(),
  )
  expect(signed).toHaveLength(10)
})

describe('the signatures of jose.json', () => {
  test.each(signed.map((row) => [row.id, row.alg, row] as const))('%s (%s)', async (_id, alg, row) => {
    const [header = '', payload = '', signature = ''] = row.compact.split('.')
    const token = await ours(row)
    if (alg.startsWith('HS')) {
      const secret = new Uint8Array(Buffer.from(row.jwk.k as string, 'base64url'))
      expect(await hmacSignature(alg, secret, `${header}.${payload}`)).toBe(signature)
      expect(await hmacSignature(alg, secret, `${header}.${flip(payload)}`)).not.toBe(signature)
      secret[0]! ^= 1
      expect(await hmacSignature(alg, secret, `${header}.${payload}`)).not.toBe(signature)
    } else {
      const parts = token.split('.') as [string, string, string]
      expect(verifies(alg, row.jwk, `${parts[0]}.${parts[1]}`, parts[2])).toBe(true)
      expect(verifies(alg, row.jwk, `${parts[0]}.${flip(parts[1])}`, parts[2])).toBe(false)
      expect(verifies(alg, row.jwk, `${parts[0]}.${parts[1]}`, flip(parts[2]))).toBe(false)
      expect(verifies(alg, row.jwk, `${header}.${payload}`, signature)).toBe(true)
    }
    // RFC 7515 appendix A.1 writes its header with a line break, so that only its signature can be the same.
    if (!isRandom(alg) && row.id !== 'rfc7515-A.1') {
      expect(token).toBe(row.compact)
      expect(await ours(row, (text) => `${text.slice(0, -1)}~`)).not.toBe(row.compact)
    }
  })
})

test('rfc7515-A.5: there is no algorithm called none', () => {
  expect(() => jwt({ algorithm: 'none' as 'HS256' })).toThrow(TypeError)
})

test('rfc7638-3.1: the thumbprint of a key', async () => {
  const row = cases.find(({ id }) => id === 'rfc7638-3.1')!
  const said = row.jwk_thumbprint ?? row.thumbprint
  const jwk = row.jwk as JsonWebKey
  expect(await thumbprint(jwk)).toBe(said)
  expect(await thumbprint({ ...jwk, n: flip(jwk.n!) })).not.toBe(said)
})
