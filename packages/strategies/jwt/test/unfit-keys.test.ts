import type { KeyObject } from 'node:crypto'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { rsa, short, curves, pem, signed, withPassphrase, refusal, certificate } from './keys.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

describe('a key that does not fit is refused, and never shown', () => {
  const der = (key: KeyObject, type: 'spki' | 'pkcs8') => key.export({ format: 'der', type: type as 'pkcs8' })
  const publicPem = rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string
  const foreign: Readonly<Record<string, readonly [string, object?]>> = {
    'a public key in PEM': [publicPem],
    'a public key of PKCS#1': [rsa.publicKey.export({ format: 'pem', type: 'pkcs1' }) as string],
    'a private key in PEM': [pem(rsa.privateKey)],
    'a certificate': [certificate()],
    'a public key in base64 of its PEM': [Buffer.from(publicPem).toString('base64'), { encoding: 'base64' }],
    'a public key in DER, base64': [der(rsa.publicKey, 'spki').toString('base64'), { encoding: 'base64' }],
    'a public key in DER, base64, taken as text': [der(rsa.publicKey, 'spki').toString('base64')],
    'a public key in DER, hex': [der(curves.EdDSA.publicKey, 'spki').toString('hex'), { encoding: 'hex' }],
    'a private key in DER': [
      der(curves.ES256.privateKey, 'pkcs8').toString('base64'),
      { encoding: 'base64' },
    ],
    'a public key of OpenSSH': [`ssh-rsa ${'A'.repeat(80)}`],
    'a public key of OpenSSH (ECDSA)': [`ecdsa-sha2-nistp256 ${'A'.repeat(80)}`],
    'a public JWK': [JSON.stringify(rsa.publicKey.export({ format: 'jwk' }))],
    'a private JWK': [JSON.stringify(curves.ES256.privateKey.export({ format: 'jwk' }))],
  }

  // RFC 8725 section 3.1: a verifier that holds a public key must not be met with an HMAC made of it.
  test.each(Object.entries(foreign))('as an HMAC secret: %s', async (_name, [text, more]) => {
    const error = await refusal(signed('HS256', { secret: text }, more))
    expect(error).toMatchObject({ code: 'settings_invalid', field: 'secret' })
    expect(error.message).not.toContain(text.slice(30, 60))
  })

  test.each(['HS256', 'HS384', 'HS512'] as const)(
    '%s: a secret shorter than its hash, unless the option allows it',
    async (alg) => {
      const least = Number(alg.slice(2)) / 8
      await signed(alg, { secret: 'x'.repeat(least) })
      expect(await refusal(signed(alg, { secret: 'x'.repeat(least - 1) }))).toMatchObject({
        code: 'settings_invalid',
        field: 'secret',
      })
      await signed(alg, { secret: 'x'.repeat(least - 1) }, { shortSecret: true })
    },
  )

  test.each([
    ['RS256', curves.ES256],
    ['ES256', rsa],
    ['ES256', curves.ES384],
    ['ES384', curves.ES512],
    ['ES512', curves.ES256],
    ['ES256', curves.ES256K],
    ['ES256K', curves.ES256],
    ['ES256K', rsa],
    ['EdDSA', rsa],
    ['EdDSA', curves.ES256],
    ['PS256', curves.EdDSA],
    ['RS256', short],
    ['PS512', short],
  ] as const)('%s with a key of another kind or too few bits', async (alg, { privateKey }) => {
    for (const text of [pem(privateKey), JSON.stringify(privateKey.export({ format: 'jwk' }))])
      expect(await refusal(signed(alg, { privateKey: text }))).toMatchObject({
        code: 'settings_invalid',
        field: 'privateKey',
      })
  })

  test.each([
    ['a public key', publicPem],
    ['a certificate', certificate()],
    ['nonsense', 'not a key'],
    ['blanks', '   '],
    ['broken JSON', '{'],
    ['half a PEM', pem(rsa.privateKey).slice(0, 200)],
  ])('as a private key: %s', async (_name, text) => {
    for (const alg of ['RS256', 'ES256', 'ES256K', 'EdDSA'] as const)
      expect(await refusal(signed(alg, { privateKey: text }))).toMatchObject({
        code: 'settings_invalid',
        field: 'privateKey',
      })
  })

  test('what is not of its encoding', async () => {
    for (const encoding of ['hex', 'base64', 'base64url']) {
      expect(await refusal(signed('HS256', { secret: '*'.repeat(64) }, { encoding }))).toMatchObject({
        field: 'secret',
      })
      expect(await refusal(signed('RS256', { privateKey: '*'.repeat(64) }, { encoding }))).toMatchObject({
        field: 'privateKey',
      })
    }
  })

  test('a protected key without a passphrase names the key, a wrong passphrase the passphrase', async () => {
    const locked = pem(rsa.privateKey, 'pkcs8', { cipher: 'aes-256-cbc', passphrase: 'right' })
    expect(await refusal(signed('RS256', { privateKey: locked }))).toMatchObject({
      code: 'settings_invalid',
      field: 'privateKey',
    })
    const wrong = await refusal(
      signed('RS256', { privateKey: locked, passphrase: 'wrong-one' }, withPassphrase),
    )
    expect(wrong).toMatchObject({ code: 'settings_invalid', field: 'passphrase' })
    expect(wrong.message).not.toContain('wrong-one')
  })
})

describe('what the runtime cannot read is unsupported, and names the runtime', () => {
  test('a protected key and ES256K where there is no cryptography but that of the Web', async () => {
    jest.spyOn(process, 'getBuiltinModule').mockImplementation(() => undefined)
    const locked = pem(rsa.privateKey, 'pkcs8', { cipher: 'aes-256-cbc', passphrase: 'right' })
    for (const call of [
      signed('RS256', { privateKey: locked, passphrase: 'right' }, withPassphrase),
      signed('ES256K', { privateKey: pem(curves.ES256K.privateKey) }),
    ]) {
      const error = await refusal(call)
      expect(error).toMatchObject({ code: 'unsupported', field: 'privateKey' })
      expect(error.message).toMatch(/^Node\.js/)
    }
  })

  test('an algorithm that Web Cryptography does not have there', async () => {
    jest
      .spyOn(crypto.subtle, 'importKey')
      .mockRejectedValue(new DOMException('no Ed25519', 'NotSupportedError'))
    const error = await refusal(signed('EdDSA', { privateKey: pem(curves.EdDSA.privateKey) }))
    expect(error).toMatchObject({ code: 'unsupported', field: 'privateKey' })
    expect(error.message).toMatch(/^Node\.js.* cannot sign with EdDSA/)
  })
})
