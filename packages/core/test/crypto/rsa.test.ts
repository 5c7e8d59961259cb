import { createVerify, generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { rsaKey, rsaSign } from '@latchkey/core/crypto'

const pems = (type: 'pkcs1' | 'pkcs8') =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type, format: 'pem' },
  })

test.each(['pkcs1', 'pkcs8'] as const)(
  'an RSA key in %s signs texts and bytes with every hash',
  async (type) => {
    const { privateKey, publicKey } = pems(type)
    for (const hash of ['SHA-1', 'SHA-256', 'SHA-512'] as const) {
      const key = await rsaKey(privateKey, hash, 'privateKey')
      for (const data of ['text é', new TextEncoder().encode('text é')]) {
        const signature = await rsaSign(key, data)
        const verify = (text: string): boolean =>
          createVerify(hash.replace('-', '')).update(text).verify(publicKey, signature)
        expect([verify('text é'), verify('text e')]).toEqual([true, false])
      }
    }
  },
)

test('what is no RSA key is refused by the name of its field, and not shown', async () => {
  const { privateKey: ec } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const [begin, ...rest] = pems('pkcs8').privateKey.split('\n')
  const broken = [begin, rest[0], ...rest.slice(-2)].join('\n')
  for (const pem of [ec, broken, 'no key']) {
    const error: unknown = await rsaKey(pem, 'SHA-256', 'signingKey').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'settings_invalid', field: 'signingKey' })
    expect((error as Error).message).not.toContain(pem)
  }
})
