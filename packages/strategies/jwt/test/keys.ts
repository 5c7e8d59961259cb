import { generateKeyPairSync, verify, type KeyObject } from 'node:crypto'
import { jwt } from '@latchkey/jwt'
import type { JwtAlgorithm } from '../src/algorithm.ts'
import { sentBy, tokenOf } from './support.ts'

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
export const curves = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ES256K: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  EdDSA: generateKeyPairSync('ed25519'),
} as const
export const pairFor = (alg: string): { privateKey: KeyObject; publicKey: KeyObject } =>
  /^[RP]S/.test(alg) ? rsa : curves[alg as keyof typeof curves]
export const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8', more: object = {}): string =>
  key.export({ format: 'pem', type: type, ...more }) as string
export const secret = 'a secret of at least 64 bytes, so that it fits each of the three hashes'

/** The token that goes out. */
export async function signed(algorithm: JwtAlgorithm, settings: object, more: object = {}): Promise<string> {
  const [sent] = await sentBy(jwt({ algorithm, ...more }), settings)
  return tokenOf(sent)
}

/** Judged by Node's own cryptography, which signs none of what is not ES256K. */
export function holds(token: string, alg: string, key: KeyObject): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return verify(
    alg === 'EdDSA' ? null : `sha${alg.slice(2, 5)}`,
    Buffer.from(`${header}.${payload}`),
    {
      key,
      dsaEncoding: 'ieee-p1363',
      ...(alg.startsWith('PS') && { padding: 6, saltLength: Number(alg.slice(2)) / 8 }),
    },
    Buffer.from(signature, 'base64url'),
  )
}

export const withPassphrase = { fields: { privateKey: {}, passphrase: { required: false } } }

export async function refusal(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => new Error('signed'),
    (error: unknown) => error as Error,
  )
}

export function certificate(): string {
  // RFC 8705 appendix A.
  const body = `MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAxODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ`
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
}
