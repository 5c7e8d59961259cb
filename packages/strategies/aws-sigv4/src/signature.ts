import { chain, digestHex, hmac, type Hashed } from '@latchkey/core/crypto'
import { hexEncode, percentEncode } from '@latchkey/core/http'
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  type CanonicalHeaders,
  type HeaderSource,
} from './canonical.ts'

const algorithm = 'AWS4-HMAC-SHA256'

/** Where a signature holds. */
export interface Scope {
  readonly region: string
  /** The signing name, which need not be the host's label: `email.us-east-1.amazonaws.com` is `ses`. */
  readonly service: string
}

/** A request as it is signed. */
export interface SignedParts extends Scope {
  readonly method: string
  /** As it stands in the URL. */
  readonly path: string
  /** True for S3's rules of paths. */
  readonly pathAsSent: boolean
  /** As it stands in the URL, without `?`. */
  readonly query: string
  readonly host: string
  /** All others that are to be signed, `x-amz-date` among them where it is a header. */
  readonly headers: HeaderSource
  /** SHA-256 of the body in hexadecimal, or a word that stands for it. */
  readonly payloadHash: string
  /** `20150830T123600Z` */
  readonly date: string
  readonly accessKeyId: string
  /** From `signingKey`, for this date's day and this scope. */
  readonly key: Uint8Array
}

/** `20150830T123600Z` for epoch milliseconds. */
export function amzDate(ms: number): string {
  const text = new Date(ms).toISOString()
  // Slices, because a regular expression takes longer than the hash that follows.
  return `${text.slice(0, 4)}${text.slice(5, 7)}${text.slice(8, 13)}${text.slice(14, 16)}${text.slice(17, 19)}Z`
}

/** SHA-256 in hexadecimal. */
export function sha256Hex(data: Uint8Array | string): string | Promise<string> {
  return digestHex('SHA-256', data)
}

/** The key for one day (`20150830`), region and service. */
export function signingKey(secret: string, day: string, { region, service }: Scope): Hashed {
  const step = (data: string) => (key: Uint8Array) => hmac('SHA-256', key, data)
  const dated = hmac('SHA-256', `AWS4${secret}`, day)
  return chain(chain(chain(dated, step(region)), step(service)), step('aws4_request'))
}

/** Which services are S3 as far as paths are concerned. */
export const isS3 = (service: string): boolean =>
  /^s3(?:express|-outposts|-object-lambda|-global)?$/.test(service)

const scopeOf = ({ date, region, service }: SignedParts): string =>
  `${date.slice(0, 8)}/${region}/${service}/aws4_request`

/** The value of the Authorization header. */
export function authorization(parts: SignedParts): string | Promise<string> {
  const headers = canonicalHeaders(parts.headers, parts.host)
  return chain(
    sign(parts, parts.query, headers),
    (signature) =>
      `${algorithm} Credential=${parts.accessKeyId}/${scopeOf(parts)}, SignedHeaders=${headers.names}, Signature=${signature}`,
  )
}

/** What a presigned URL has besides. */
export interface Presigning {
  /** Seconds. */
  readonly expiresIn: number
  readonly sessionToken?: string | undefined
  /** True for a service that takes the session token beside the signature, not under it. */
  readonly tokenUnsigned?: boolean | undefined
}

/** The query of a presigned URL, without `?`: what stood there, and the signature. */
export function presignedQuery(parts: SignedParts, more: Presigning): string | Promise<string> {
  const headers = canonicalHeaders(parts.headers, parts.host)
  const token = more.sessionToken ? `&X-Amz-Security-Token=${percentEncode(more.sessionToken)}` : ''
  const query = [
    ...(parts.query === '' ? [] : [parts.query]),
    `X-Amz-Algorithm=${algorithm}`,
    `X-Amz-Credential=${percentEncode(`${parts.accessKeyId}/${scopeOf(parts)}`)}`,
    `X-Amz-Date=${parts.date}`,
    `X-Amz-SignedHeaders=${percentEncode(headers.names)}`,
    `X-Amz-Expires=${more.expiresIn}`,
  ].join('&')
  return chain(
    sign(parts, more.tokenUnsigned ? query : query + token, headers),
    (signature) => `${query}${token}&X-Amz-Signature=${signature}`,
  )
}

function sign(
  { method, path, pathAsSent, payloadHash, date, key, region, service }: SignedParts,
  query: string,
  { lines, names }: CanonicalHeaders,
): string | Promise<string> {
  const request = `${method}\n${canonicalPath(path, pathAsSent)}\n${canonicalQuery(query)}\n${lines}\n${names}\n${payloadHash}`
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`
  return chain(digestHex('SHA-256', request), (hash) =>
    chain(hmac('SHA-256', key, `${algorithm}\n${date}\n${scope}\n${hash}`), hexEncode),
  )
}
