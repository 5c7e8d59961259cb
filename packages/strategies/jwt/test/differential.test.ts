import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { jwt } from '@latchkey/jwt'
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { now, sentBy, tokenOf } from './support.ts'

const name = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter(
  // What an option of its own says, and what JSON and slots have for themselves.
  (text) =>
    ![
      'iss',
      'sub',
      'aud',
      'jti',
      'iat',
      'nbf',
      'exp',
      'alg',
      'kid',
      'typ',
      'cty',
      'b64',
      'crit',
      '__proto__',
    ].includes(text),
)
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replaceAll(/[{}]/g, ''))
const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 3 }))
const members = fc.dictionary(name, fc.oneof(value, fc.dictionary(name, value, { maxKeys: 3 })), {
  maxKeys: 4,
})

test('HMAC: for any claims, headers and secret the token is what jose makes of them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('HS256', 'HS384', 'HS512'),
      fc.uint8Array({ minLength: 64, maxLength: 100 }),
      members,
      members,
      fc.integer({ min: 1, max: 100_000 }),
      async (algorithm, bytes, claims, headers, seconds) => {
        // A secret that happens to be a key in DER is refused; see keys.test.ts.
        fc.pre(bytes[0] !== 0x30)
        const auth = jwt({ algorithm, encoding: 'hex', claims, headers, lifetimeMs: seconds * 1000 } as never)
        const [sent] = await sentBy(auth, { secret: Buffer.from(bytes).toString('hex') })
        const theirs = await new SignJWT({
          ...claims,
          iat: now / 1000,
          exp: now / 1000 + seconds,
        })
          .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...headers })
          .sign(bytes)
        expect(tokenOf(sent)).toBe(theirs)
      },
    ),
    { numRuns: 200 },
  )
})

test('ES256K, which jose does not sign: for any claims the signature is right, and is not for other bytes', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
  const key = { key: createPublicKey(pem), dsaEncoding: 'ieee-p1363' } as const
  await fc.assert(
    fc.asyncProperty(members, async (claims) => {
      const [sent] = await sentBy(jwt({ algorithm: 'ES256K', claims } as never), { privateKey: pem })
      const [header, payload, signature] = tokenOf(sent).split('.') as [string, string, string]
      const bytes = Buffer.from(`${header}.${payload}`)
      expect(Buffer.from(signature, 'base64url')).toHaveLength(64)
      expect(verify('sha256', bytes, key, Buffer.from(signature, 'base64url'))).toBe(true)
      bytes[bytes.length - 1]! ^= 1
      expect(verify('sha256', bytes, key, Buffer.from(signature, 'base64url'))).toBe(false)
    }),
    { numRuns: 50 },
  )
})
