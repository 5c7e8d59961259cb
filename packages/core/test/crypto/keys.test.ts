import { createHmac, createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import {
  generateJwk,
  jwtClaims,
  parsePem,
  sameText,
  secretKey,
  sha256,
  signingKey,
  signJwt,
  thumbprint,
} from '@latchkey/core/crypto'
import { hexEncode } from '@latchkey/core/http'
import { isAuthError } from '@latchkey/core'

interface Vector {
  readonly id: string
  readonly jwk: JsonWebKey
  readonly alg: string
  readonly jwk_thumbprint?: string
}
const { cases } = JSON.parse(readFileSync(new URL('../vectors/jose.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Vector[]
}

const claims = { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true }

/** Whether Node's own cryptography takes the signature. */
function holds(jwt: string, publicKey: KeyObject, alg: string): boolean {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const hash = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`
  const pss = alg.startsWith('PS') ? { padding: 6, saltLength: Number(alg.slice(2)) / 8 } : {}
  return verify(
    hash,
    Buffer.from(`${header}.${payload}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363', ...pss },
    Buffer.from(signature, 'base64url'),
  )
}

test.each(['rfc7515-A.2', 'rfc7515-A.3', 'rfc7515-A.4', 'rfc8037-A.4'])(
  'what the key of %s signs is verified by its public half',
  async (id) => {
    const { jwk, alg } = cases.find((vector) => vector.id === id) as Vector
    const jwt = await signJwt({}, claims, await signingKey(JSON.stringify({ ...jwk, alg, kid: 'k1' })))
    expect(jwt.split('.')[0]).toBe(Buffer.from(JSON.stringify({ alg, kid: 'k1' })).toString('base64url'))
    expect(holds(jwt, createPublicKey({ key: jwk as never, format: 'jwk' }), alg)).toBe(true)
    expect(jwtClaims(jwt)).toEqual(claims)
  },
)

test.each(['RS384', 'RS512', 'PS256', 'PS384', 'PS512'])(
  'one RSA key signs with %s where that is asked for',
  async (alg) => {
    const { jwk } = cases.find((vector) => vector.id === 'rfc7515-A.2') as Vector
    const jwt = await signJwt({}, claims, await signingKey(jwk, { alg }))
    expect(holds(jwt, createPublicKey({ key: jwk as never, format: 'jwk' }), alg)).toBe(true)
  },
)

test('a shared secret signs as HMAC does', async () => {
  const jwt = await signJwt({ typ: 'JWT' }, claims, await secretKey('s3cret', 'HS256'))
  const [header = '', payload = '', signature] = jwt.split('.')
  expect(signature).toBe(createHmac('sha256', 's3cret').update(`${header}.${payload}`).digest('base64url'))
})

test('thumbprints are those of RFC 7638 and RFC 8037', async () => {
  for (const { jwk, jwk_thumbprint } of cases.filter((vector) => vector.jwk_thumbprint !== undefined))
    expect(await thumbprint(jwk)).toBe(jwk_thumbprint)
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pems: readonly (readonly [string, KeyObject, string, string])[] = [
  [
    'RSA in PKCS#8',
    rsa.publicKey,
    rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'RS256',
  ],
  [
    'RSA in PKCS#1',
    rsa.publicKey,
    rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    'RS256',
  ],
  ...(['P-256', 'P-384', 'P-521'] as const).flatMap((namedCurve, index) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
    const alg = ['ES256', 'ES384', 'ES512'][index] as string
    return [
      [
        `${namedCurve} in PKCS#8`,
        publicKey,
        privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        alg,
      ],
      [
        `${namedCurve} in SEC 1`,
        publicKey,
        privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
        alg,
      ],
    ] as const
  }),
]

test.each(pems)(
  'a key of %s signs, its line breaks whole, escaped or lost',
  async (_, publicKey, pem, alg) => {
    for (const text of [
      pem,
      pem.replaceAll('\n', '\\n'),
      pem.replaceAll('\n', ' '),
      pem.replaceAll('\n', '\r\n'),
    ]) {
      const key = await signingKey(text)
      expect(key.alg).toBe(alg)
      expect(holds(await signJwt({}, claims, key), publicKey, alg)).toBe(true)
    }
  },
)

const encrypted = rsa.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString()
const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
test.each([
  ['protected by a passphrase', encrypted],
  ['the public half', spki],
  [
    'in the format of OpenSSH',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
  ],
  ['not a private key in PEM', 'swordfish'],
  ['not a private key in PEM', '-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----'],
  ['a kind of key that is not supported', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
  ['does not fit the algorithm', '{"kty":"oct","k":"swordfish"}'],
  ['does not fit the algorithm', '{swordfish'],
])('a text that is %s is refused in these words, without the text', async (words, text) => {
  const error: unknown = await signingKey(text, { field: 'key' }).catch((thrown: unknown) => thrown)
  expect(isAuthError(error) && [error.code, error.field]).toEqual(['settings_invalid', 'key'])
  expect(String(error)).toContain(words)
  expect(String(error)).not.toContain('swordfish')
})

test('an algorithm that the key is not made for is refused', async () => {
  await expect(signingKey((pems[2] as (typeof pems)[number])[2], { alg: 'RS256' })).rejects.toMatchObject({
    code: 'settings_invalid',
  })
  expect(() => parsePem(pems[0]?.[2] ?? '', 'key')).not.toThrow()
})

test('a pair that is made signs ES256 as a JWK in the order of RFC 9449', async () => {
  const jwk = await generateJwk()
  expect(Object.keys(jwk)).toEqual(['kty', 'x', 'y', 'crv', 'd'])
  const jwt = await signJwt({}, claims, await signingKey(jwk))
  expect(holds(jwt, createPublicKey({ key: jwk as never, format: 'jwk' }), 'ES256')).toBe(true)
})

test('SHA-256 of "abc" is that of FIPS 180-2', async () => {
  expect(hexEncode(await sha256('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('texts are the same only where each character is', () => {
  expect([
    sameText('abc', 'abc'),
    sameText('abc', 'abd'),
    sameText('abc', 'ab'),
    sameText('ab', 'abc'),
    sameText('', ''),
  ]).toEqual([true, false, false, false, true])
})

test('what is no JWT has no claims', () => {
  for (const text of ['', 'a.b', 'a.b.c', 'e30.W10.', 'e30.bnVsbA.x']) expect(jwtClaims(text)).toBe(undefined)
})
