import { AuthError, type AuthContext, type OutgoingRequest } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { exactBody, serverNow } from '@latchkey/core/http'
import { hostScope } from './host.ts'
import type { AwsKeys } from './identity.ts'
import {
  amzDate,
  authorization,
  isS3,
  presignedQuery,
  sha256Hex,
  signingKey,
  type Scope,
  type SignedParts,
} from './signature.ts'

/** How requests are signed. */
export interface Signing extends Partial<Scope> {
  /** Where the signature goes; default `header`. `query` makes a presigned URL. */
  readonly in?: 'header' | 'query'
  /** How long a presigned URL holds: seconds, 1 to 604,800; default 3600. */
  readonly expiresIn?: number
  /** `unsigned`: the body's hash is not taken, so that a stream can be sent (S3 over https). Default `signed`. */
  readonly payload?: 'signed' | 'unsigned'
}

const unsignedPayload = 'UNSIGNED-PAYLOAD'
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Services that want the body's hash as a header, too. */
const wantsHash = (service: string): boolean =>
  isS3(service) || service === 'aoss' || service === 'vpc-lattice-svcs'

/** Signs a request in place; synchronous where the runtime's hashing is and the body is at hand. */
export function signRequest(
  request: OutgoingRequest,
  keys: AwsKeys,
  options: Signing,
  c: Pick<AuthContext<unknown>, 'memory' | 'now'>,
): void | Promise<void> {
  const { headers, url } = request
  const date = amzDate(serverNow(c))
  const host = headers.get('host') ?? url.host
  const scope = scopeFor(options, host)
  const presigned = options.in === 'query'
  clear(request, presigned)
  const hash = payloadHash(request, options, presigned && isS3(scope.service))
  const key = cachedKey(keys.secretAccessKey, date.slice(0, 8), scope, c.memory)
  const finish = (payloadHash: string, key: Uint8Array): void | Promise<void> => {
    const parts: SignedParts = {
      method: request.method,
      path: url.pathname,
      pathAsSent: isS3(scope.service),
      query: url.search.slice(1),
      host,
      headers,
      payloadHash,
      date,
      region: scope.region,
      service: scope.service,
      accessKeyId: keys.accessKeyId,
      key,
    }
    return presigned ? presign(url, parts, keys, options) : inHeader(parts, headers, keys)
  }
  // The usual way is written out, without the closures of a chain.
  if (typeof hash === 'string' && !(key instanceof Promise)) return finish(hash, key)
  return Promise.all([hash, key]).then((both) => finish(...both))
}

/** Such a service takes the session token beside the signature, not under it. */
const tokenUnsigned = (service: string): boolean => service === 'iotdevicegateway'

function inHeader(parts: SignedParts, headers: Headers, { sessionToken }: AwsKeys): void | Promise<void> {
  const { service, payloadHash } = parts
  headers.set('x-amz-date', parts.date)
  if (wantsHash(service) || payloadHash === unsignedPayload) headers.set('x-amz-content-sha256', payloadHash)
  if (sessionToken && !tokenUnsigned(service)) headers.set('x-amz-security-token', sessionToken)
  return chain(authorization(parts), (value) => {
    headers.set('authorization', value)
    if (sessionToken && tokenUnsigned(service)) headers.set('x-amz-security-token', sessionToken)
  })
}

function presign(
  url: URL,
  parts: SignedParts,
  { sessionToken }: AwsKeys,
  { expiresIn = 3600 }: Signing,
): void | Promise<void> {
  // Whoever opens the URL has to send every header that was signed, so only those that AWS wants signed are.
  const own = new Map<string, string>()
  parts.headers.forEach((value, name) => {
    if (name.startsWith('x-amz-')) own.set(name, value)
  })
  const more = { expiresIn, sessionToken, tokenUnsigned: tokenUnsigned(parts.service) }
  return chain(presignedQuery({ ...parts, headers: own }, more), (query) => {
    url.search = query
  })
}

/** Takes away what the caller has put where a signature goes, and what is read in two ways. */
function clear({ headers, url }: OutgoingRequest, presigned: boolean): void {
  headers.delete('authorization')
  headers.delete('x-amz-date')
  headers.delete('x-amz-security-token')
  // Some services read `+` as a space, some as itself; URLSearchParams writes it for a space.
  if (url.search.includes('+')) url.search = url.search.replaceAll('+', '%20')
  if (!presigned || !/x-amz-/i.test(url.search)) return
  const own = /^x-amz-(?:algorithm|credential|date|expires|security-token|signature|signedheaders)(?:=|$)/i
  url.search = url.search
    .slice(1)
    .split('&')
    .filter((pair) => !own.test(pair))
    .join('&')
}

function payloadHash(
  request: OutgoingRequest,
  { payload }: Signing,
  unsigned: boolean,
): string | Promise<string> {
  const { body, headers } = request
  const given = headers.get('x-amz-content-sha256')
  if (given !== null) return given
  if (unsigned || payload === 'unsigned') return unsignedPayload
  return body === null || body === '' ? emptyHash : chain(exactBody(request), sha256Hex)
}

interface CachedKey {
  readonly day: string
  readonly secret: string
  readonly key: Uint8Array
}

/** The day's key, worked out once for each region and service. */
function cachedKey(
  secret: string,
  day: string,
  scope: Scope,
  memory: Map<string, unknown>,
): Uint8Array | Promise<Uint8Array> {
  const slot = `aws-sigv4.key/${scope.region}/${scope.service}`
  const known = memory.get(slot) as CachedKey | undefined
  if (known?.day === day && known.secret === secret) return known.key
  return chain(signingKey(secret, day, scope), (key) => {
    memory.set(slot, { day, secret, key } satisfies CachedKey)
    return key
  })
}

function scopeFor(given: Partial<Scope>, host: string): Scope {
  const said = given.region && given.service ? undefined : hostScope(host)
  const region = given.region ?? said?.region
  const service = given.service ?? said?.service
  if (region && service) return { region, service }
  const field = region ? 'service' : 'region'
  throw new AuthError(
    'settings_invalid',
    `Field "${field}" is empty, and the host ${host} does not say the ${field}`,
    { scheme: 'aws-sigv4', field },
  )
}
