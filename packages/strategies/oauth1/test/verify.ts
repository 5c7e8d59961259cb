import { createHmac, createVerify, timingSafeEqual } from 'node:crypto'
import type { SeenRequest } from '@latchkey/testing'
import type { Sent } from '../../../../tools/network.ts'

/** The secrets of the other side. */
export interface Known {
  readonly consumerSecret?: string | undefined
  readonly tokenSecret?: string | undefined
  /** PEM. */
  readonly publicKey?: string | undefined
}

type Seen = Pick<SeenRequest, 'method' | 'url' | 'headers' | 'text'>

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** The parameters of the header, decoded. */
export function headerParams(headers: Headers): Readonly<Record<string, string>> {
  const header = headers.get('authorization') ?? ''
  if (!header.startsWith('OAuth ')) return {}
  return Object.fromEntries(
    Array.from(
      header.slice(6).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"(?:, |$)/g),
      ([, name = '', value = '']) => [
        name,
        name === 'realm' ? value.replace(/\\(.)/g, '$1') : decodeURIComponent(value),
      ],
    ),
  )
}

/** All parameters of a request: query, form, header. */
export function allParams({ url, headers, text }: Seen): [string, string][] {
  const form = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true
  const fromHeader = Object.entries(headerParams(headers)).filter(([name]) => name !== 'realm')
  return [...url.searchParams, ...(form ? new URLSearchParams(text) : []), ...fromHeader]
}

/** Whether a request is signed as RFC 5849 wants it; written from its text, with Node's own cryptography. */
export function verifies(
  seen: Seen,
  { consumerSecret = '', tokenSecret = '', publicKey = '' }: Known,
): boolean {
  const params = allParams(seen)
  const one = (name: string): string => params.find(([own]) => own === name)?.[1] ?? ''
  const [method, given] = [one('oauth_signature_method'), one('oauth_signature')]
  if (
    given === '' ||
    new Set(params.map(([name]) => name).filter((name) => name.startsWith('oauth_'))).size < 5
  )
    return false
  const pairs = params
    .filter(([name]) => name !== 'oauth_signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, b], [c, d]) => (a < c ? -1 : a > c ? 1 : b < d ? -1 : b > d ? 1 : 0))
    .map((pair) => pair.join('='))
    .join('&')
  const base = [seen.method, `${seen.url.origin}${seen.url.pathname}`, pairs].map(encode).join('&')
  const key = `${encode(consumerSecret)}&${encode(tokenSecret)}`
  const hash = method.split('-')[1]?.toLowerCase() ?? ''
  if (method === 'PLAINTEXT') return given === key
  if (method.startsWith('RSA')) return createVerify(hash).update(base).verify(publicKey, given, 'base64')
  const expected = createHmac(hash, key).update(base).digest()
  const bytes = Buffer.from(given, 'base64')
  return bytes.length === expected.length && timingSafeEqual(bytes, expected)
}

/** A request of the network in memory as the other side gets it. */
export const seen = ({ method, url, headers, body }: Sent): Seen => ({
  method,
  url: new URL(url),
  headers,
  text: body,
})
