import { base64urlEncode } from '@latchkey/core/http'
import type { StateShape } from './options.ts'

/** 256 bits as 43 characters; a PKCE verifier as RFC 7636 section 4.1 recommends it. */
export const token256 = (random: (length: number) => Uint8Array): string => base64urlEncode(random(32))

/** A `state`: by default 256 bits, else that many characters of that alphabet, each as likely as the others. */
export function stateText(
  random: (length: number) => Uint8Array,
  { length, alphabet }: StateShape = {},
): string {
  if (alphabet === undefined) return length === undefined ? token256(random) : long(random, length)
  const characters = [...new Set(alphabet)]
  // Bytes beyond a multiple of the alphabet's size would favour its first characters.
  const limit = 256 - (256 % characters.length)
  let text = ''
  while (text.length < (length ?? 43)) {
    for (const byte of random(64)) {
      if (byte < limit && text.length < (length ?? 43)) text += characters[byte % characters.length] ?? ''
    }
  }
  return text
}

const long = (random: (length: number) => Uint8Array, length: number): string =>
  base64urlEncode(random(length)).slice(0, length)
