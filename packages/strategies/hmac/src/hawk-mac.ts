import { chain, digest, hmac, type HashAlgorithm } from '@latchkey/core/crypto'
import { base64Encode, utf8 } from '@latchkey/core/http'

/** The hash functions that Hawk knows. */
export type HawkAlgorithm = 'sha1' | 'sha256'

const hashOf: Readonly<Record<HawkAlgorithm, HashAlgorithm>> = { sha1: 'SHA-1', sha256: 'SHA-256' }

/** What a Hawk header says, beside the request itself. */
export interface HawkParts {
  readonly method: string
  /** Path and query. */
  readonly resource: string
  readonly host: string
  readonly port: number | string
  /** Epoch seconds. */
  readonly ts: number | string
  readonly nonce: string
  readonly hash?: string | undefined
  readonly ext?: string | undefined
  readonly app?: string | undefined
  readonly dlg?: string | undefined
}

/** What is signed. https://github.com/mozilla/hawk/blob/main/API.md#protocol-example */
export function normalized(parts: HawkParts): string {
  const { ts, nonce, method, resource, host, port, hash = '', ext = '', app, dlg = '' } = parts
  const lines = [
    'hawk.1.header',
    ts,
    nonce,
    method.toUpperCase(),
    resource,
    host.toLowerCase(),
    port,
    hash,
    ext.replaceAll('\\', '\\\\').replaceAll('\n', '\\n'),
    ...(app ? [app, dlg] : []),
  ]
  return `${lines.join('\n')}\n`
}

/** The MAC of a header. */
export function hawkMac(key: string, algorithm: HawkAlgorithm, parts: HawkParts): string | Promise<string> {
  return chain(hmac(hashOf[algorithm], key, normalized(parts)), base64Encode)
}

/** The MAC under a server's time in its challenge. */
export function timeMac(key: string, algorithm: HawkAlgorithm, ts: string): string | Promise<string> {
  return chain(hmac(hashOf[algorithm], key, `hawk.1.ts\n${ts}\n`), base64Encode)
}

/** The hash of a payload; of its content type the parameters do not count. */
export function payloadHash(
  payload: string | Uint8Array,
  contentType: string,
  algorithm: HawkAlgorithm,
): string | Promise<string> {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  const [head, body, end] = [`hawk.1.payload\n${type}\n`, payload, '\n'].map((part) =>
    typeof part === 'string' ? utf8(part) : part,
  ) as [Uint8Array, Uint8Array, Uint8Array]
  const bytes = new Uint8Array(head.length + body.length + end.length)
  bytes.set(head)
  bytes.set(body, head.length)
  bytes.set(end, head.length + body.length)
  return chain(digest(hashOf[algorithm], bytes), base64Encode)
}
