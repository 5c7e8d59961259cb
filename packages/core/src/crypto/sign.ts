import { systemSubtle } from '../world/crypto.ts'
import { webAlgorithm, type SigningKey } from './keys.ts'

/** The signature of bytes; of ECDSA both numbers one after the other, as RFC 7518 section 3.4 and RFC 9421 section 3.3.4 want them. */
export async function signBytes(
  { key, alg }: SigningKey,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await systemSubtle().sign(webAlgorithm(alg), key, data))
}
