import { AuthError, type AuthContext, type OutgoingRequest } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { hexEncode, percentEncode, quoted, replaceBody, textBody } from '@latchkey/core/http'
import { baseString, baseUri, encoded, pairsIn, type Pair } from './base-string.ts'
import { bodyHashOf, signatureOf, type Secrets, type SignatureMethod } from './signature.ts'

/** Where the signature stands. RFC 5849 section 3.5. */
export type Placement = 'header' | 'query' | 'form'

/** How requests are signed, whoever signs them. */
export interface Signing {
  readonly signatureMethod: SignatureMethod
  readonly placement: Placement
  readonly bodyHash: boolean
}

/** Who signs. */
export interface Signer extends Secrets {
  readonly consumerKey: string
  readonly token: string | undefined
  readonly realm: string | undefined
}

const form = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

/** Signs a request: `more` are parameters of the protocol besides those that every request has (`oauth_callback`). */
export function signRequest(
  request: OutgoingRequest,
  { signatureMethod, placement, bodyHash }: Signing,
  signer: Signer,
  { now, random, memory }: Pick<AuthContext<unknown>, 'now' | 'random' | 'memory'>,
  more: Readonly<Record<string, string>> = {},
): void | Promise<void> {
  const { consumerKey, token, realm } = signer
  const protocol: Record<string, string> = {
    oauth_consumer_key: consumerKey,
    // RFC 5849 section 3.1: left out where no resource owner is concerned.
    ...(token !== undefined && { oauth_token: token }),
    oauth_signature_method: signatureMethod,
    oauth_timestamp: String(Math.floor(now() / 1000)),
    oauth_nonce: hexEncode(random(16)),
    oauth_version: '1.0',
    ...more,
  }
  const isForm = request.body !== null && form.test(request.headers.get('content-type') ?? '')
  const finish = (body: string | undefined, hash?: string): void | Promise<void> => {
    if (hash !== undefined) protocol['oauth_body_hash'] = hash
    const own = encoded(Object.entries(protocol))
    const rest =
      placement === 'query' ? others(request.url.search.slice(1), own) : request.url.search.slice(1)
    const content = placement === 'form' ? others(body ?? '', own) : body
    const pairs = [...pairsIn(rest), ...pairsIn(content ?? ''), ...own]
    const base = baseString(request.method, baseUri(request.url), pairs)
    return chain(signatureOf(signatureMethod, base, signer, memory), (signature) => {
      const signed: Pair[] = [...own, ['oauth_signature', percentEncode(signature)]]
      if (placement === 'header') request.headers.set('authorization', headerOf(signed, realm))
      else if (placement === 'query') request.url.search = joined(rest, signed)
      else replaceBody(request, joined(content ?? '', signed), 'application/x-www-form-urlencoded')
    })
  }
  if (placement === 'form') return formText(request, isForm).then((body) => finish(body))
  // RFC 5849 section 3.4.1.3.1: a form is signed, any other body is not.
  if (isForm) return request.bytes().then((bytes) => finish(new TextDecoder().decode(bytes)))
  if (!bodyHash) return finish(undefined)
  return request
    .bytes()
    .then((bytes) => bodyHashOf(signatureMethod, bytes))
    .then((hash) => finish(undefined, hash))
}

/** The text without the parameters of these names: what was signed before is signed anew and not doubled. */
function others(text: string, own: readonly Pair[]): string {
  const names = new Set([...own.map(([name]) => name), 'oauth_signature'])
  const parts = text.split('&')
  const kept = parts.filter((part) => !names.has(pairsIn(part)[0]?.[0] ?? ''))
  return kept.length === parts.length ? text : kept.join('&')
}

const joined = (text: string, pairs: readonly Pair[]): string =>
  [...(text === '' ? [] : [text]), ...pairs.map((pair) => pair.join('='))].join('&')

/** RFC 5849 section 3.5.1: the realm is no parameter, and is not encoded. */
function headerOf(pairs: readonly Pair[], realm: string | undefined): string {
  const start = realm === undefined ? [] : [`realm=${quoted(realm, 'realm')}`]
  return `OAuth ${[...start, ...pairs.map(([name, value]) => `${name}="${value}"`)].join(', ')}`
}

/** @throws {AuthError} unsupported where the request can carry no form. RFC 5849 section 3.5.2. */
async function formText(request: OutgoingRequest, isForm: boolean): Promise<string> {
  if (request.body !== null && !isForm)
    throw new AuthError('unsupported', 'The request cannot carry its signature: its body is not a form')
  return textBody(request, '')
}
