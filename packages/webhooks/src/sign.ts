import { hmac } from '@latchkey/core/crypto'
import { base64Decode, base64Encode } from '@latchkey/core/http'

/**
 * The bytes of a secret. Standard Webhooks, "Signature scheme": base64 of 24 to 64 bytes after `whsec_`.
 * @throws {TypeError} without repeating it
 */
export function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = secret.startsWith('whsec_') ? base64Decode(secret.slice(6)) : undefined
  if (bytes === undefined || bytes.length < 24 || bytes.length > 64)
    throw new TypeError('webhooks: secret must be whsec_ and the base64 of 24 to 64 random bytes')
  return bytes
}

/** What is signed, and by what. */
export interface Message {
  readonly id: string
  /** Epoch seconds of the attempt. */
  readonly timestamp: number
  readonly body: string
}

/** The value of `webhook-signature`: one signature a secret, so that a receiver may have any of them. */
export async function signatures(
  secrets: readonly Uint8Array[],
  { id, timestamp, body }: Message,
): Promise<string> {
  // Standard Webhooks, "Signature scheme": id, timestamp and body, joined by full stops.
  const text = `${id}.${timestamp}.${body}`
  const signed = await Promise.all(secrets.map(async (secret) => await hmac('SHA-256', secret, text)))
  return signed.map((bytes) => `v1,${base64Encode(bytes)}`).join(' ')
}
