import { createPublicKey } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { jwtVerify, SignJWT } from 'jose'
import { rsa, curves, pairFor, pem, secret, signed, holds, withPassphrase } from './keys.ts'
import { now, read } from './support.ts'

describe('every algorithm, with every form of key', () => {
  test.each(['HS256', 'HS384', 'HS512'] as const)('%s is what jose signs', async (alg) => {
    const token = await signed(alg, { secret }, { iss: 'me' })
    const theirs = await new SignJWT({ iss: 'me', iat: now / 1000, exp: now / 1000 + 1200 })
      .setProtectedHeader({ alg, typ: 'JWT' })
      .sign(new TextEncoder().encode(secret))
    expect(token).toBe(theirs)
  })

  test.each([
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'ES256K',
    'EdDSA',
  ] as const)(
    '%s: PKCS#8 with line breaks, with none, with \\n and with blanks for them; as JWK; encrypted; in base64',
    async (alg) => {
      const { privateKey, publicKey } = pairFor(alg)
      const text = pem(privateKey)
      const locked = pem(privateKey, 'pkcs8', { cipher: 'aes-256-cbc', passphrase: 'päss' })
      const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'k-1' }
      const forms: [object, object?][] = [
        [{ privateKey: text }],
        [{ privateKey: text.replaceAll('\n', '\\n') }],
        [{ privateKey: text.replaceAll('\n', '\r\n') }],
        [{ privateKey: text.trim().replaceAll('\n', ' ') }],
        [{ privateKey: JSON.stringify(jwk) }],
        [{ privateKey: Buffer.from(text).toString('base64') }, { encoding: 'base64' }],
        [
          { privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64') },
          { encoding: 'base64' },
        ],
        [
          { privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('hex') },
          { encoding: 'hex' },
        ],
        [{ privateKey: locked, passphrase: 'päss' }, withPassphrase],
        [{ privateKey: locked.replaceAll('\n', '\\n'), passphrase: 'päss' }, withPassphrase],
        // A passphrase for a key that needs none does no harm.
        [{ privateKey: text, passphrase: 'päss' }, withPassphrase],
      ]
      for (const [settings, more] of forms) {
        const token = await signed(alg, settings, more)
        expect(holds(token, alg, publicKey)).toBe(true)
        expect(holds(token.replace(/^../, 'fX'), alg, publicKey)).toBe(false)
      }
      expect(read(await signed(alg, { privateKey: JSON.stringify(jwk) })).header).toEqual({
        alg,
        kid: 'k-1',
        typ: 'JWT',
      })
      if (alg !== 'ES256K')
        await jwtVerify(await signed(alg, { privateKey: text }), publicKey, { currentDate: new Date(now) })
    },
  )

  test('PKCS#1, SEC 1, both encrypted in the old way, and the parameters that OpenSSL puts before a key', async () => {
    const old = { cipher: 'aes-256-cbc', passphrase: 'open' }
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    for (const [alg, text] of [
      ['RS256', pem(rsa.privateKey, 'pkcs1')],
      ['RS256', pem(rsa.privateKey, 'pkcs1', old)],
      ['ES256', pem(curves.ES256.privateKey, 'sec1')],
      ['ES256', pem(curves.ES256.privateKey, 'sec1', old)],
      ['ES256', parameters + pem(curves.ES256.privateKey, 'sec1')],
      ['ES384', pem(curves.ES384.privateKey, 'sec1')],
      ['ES512', pem(curves.ES512.privateKey, 'sec1')],
      ['ES256K', pem(curves.ES256K.privateKey, 'sec1')],
      ['ES256K', pem(curves.ES256K.privateKey, 'sec1', old)],
    ] as const) {
      for (const each of [text, text.replaceAll('\n', '\\n'), text.trim().replaceAll('\n', ' ')]) {
        const token = await signed(alg, { privateKey: each, passphrase: 'open' }, withPassphrase)
        expect(holds(token, alg, pairFor(alg).publicKey)).toBe(true)
      }
    }
  })

  test('an Ed25519 seed in base64, alone or before its public key', async () => {
    const { d = '', x = '' } = curves.EdDSA.privateKey.export({ format: 'jwk' })
    const seed = Buffer.from(d, 'base64url')
    for (const bytes of [seed, Buffer.concat([seed, Buffer.from(x, 'base64url')])]) {
      const token = await signed('EdDSA', { privateKey: bytes.toString('base64') }, { encoding: 'base64' })
      expect(holds(token, 'EdDSA', curves.EdDSA.publicKey)).toBe(true)
    }
  })

  test('a shared secret as text, hex, base64, base64url and JWK is the same secret, and base64EncodeSecret encodes it once more', async () => {
    const bytes = Buffer.from(secret)
    const plain = await signed('HS256', { secret })
    expect(await signed('HS256', { secret: bytes.toString('hex') }, { encoding: 'hex' })).toBe(plain)
    expect(await signed('HS256', { secret: bytes.toString('base64') }, { encoding: 'base64' })).toBe(plain)
    expect(await signed('HS256', { secret: bytes.toString('base64url') }, { encoding: 'base64url' })).toBe(
      plain,
    )
    expect(
      await signed('HS256', { secret: JSON.stringify({ kty: 'oct', k: bytes.toString('base64url') }) }),
    ).toBe(plain)
    const encoded = await signed('HS256', { secret }, { base64EncodeSecret: true })
    expect(encoded).toBe(await signed('HS256', { secret: bytes.toString('base64') }))
    expect(encoded).not.toBe(plain)
  })
})

test('the public half of a key verifies what its private half signs, however it was read', async () => {
  const token = await signed('RS256', { privateKey: pem(rsa.privateKey) })
  expect(holds(token, 'RS256', createPublicKey(pem(rsa.privateKey)))).toBe(true)
})
