import { AuthError, type AuthContext, type OutgoingRequest } from '@latchkey/core'
import {
  expiryOf,
  formEncode,
  httpFailure,
  parseChallenges,
  renderText,
  renderUrl,
} from '@latchkey/core/http'
import type { Endpoint, OAuth1Credentials } from './options.ts'
import { signRequest, type Signer, type Signing } from './sign.ts'

const scheme = 'oauth1'

/** What a token endpoint is asked with. */
export interface TokenRequest {
  readonly endpoint: string | Endpoint
  readonly signing: Signing
  readonly signer: Signer
  /** Parameters of the protocol: `oauth_callback`, `oauth_verifier`, `oauth_session_handle`. */
  readonly more: Readonly<Record<string, string>>
  /** What a refusal means: that the consumer is not accepted, or that the token is not. */
  readonly refusal: 'client_rejected' | 'credentials_rejected'
}

type Settings = Readonly<Record<string, unknown>>

/** Values with the slots for settings filled. */
export function filled(params: Readonly<Record<string, string>>, settings: Settings): [string, string][] {
  return Object.entries(params).map(([name, value]) => [name, renderText(value, settings, (text) => text)])
}

/**
 * Asks a token endpoint, and reads its answer.
 * @throws {AuthError} client_rejected or credentials_rejected for a refusal, response_invalid for an answer without a token
 */
export async function requestToken(asked: TokenRequest, c: AuthContext<Settings>): Promise<URLSearchParams> {
  const {
    url,
    method = 'POST',
    params = {},
  } = typeof asked.endpoint === 'string' ? { url: asked.endpoint } : asked.endpoint
  const target = new URL(renderUrl(url, c.settings))
  const text = formEncode(filled(params, c.settings))
  const inQuery = method === 'GET'
  if (inQuery && text !== '') target.search += `${target.search === '' ? '' : '&'}${text}`
  const body = inQuery || text === '' ? null : text
  const headers = new Headers(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' })
  const bytes: OutgoingRequest['bytes'] = () => Promise.resolve(new TextEncoder().encode(body ?? ''))
  const request: OutgoingRequest = { method, url: target, headers, body, bytes }
  await signRequest(
    request,
    { ...asked.signing, placement: 'header', bodyHash: false },
    asked.signer,
    c,
    asked.more,
  )
  const signal = c.signal ?? null
  const response = await c.fetch(target, { method, headers, body, redirect: 'manual', signal })
  const answer = new URLSearchParams((await response.text()).trim())
  if (!response.ok) throw refused(response, answer, asked, c.now())
  if (!answer.get('oauth_token'))
    throw new AuthError('response_invalid', `${target.origin} answered without a token`, {
      scheme,
      ambiguous: true,
    })
  return answer
}

/** The codes of OAuth Problem Reporting that concern the consumer and not the token. */
const ofClient =
  /^(?:consumer_key_(?:unknown|rejected|refused)|signature_(?:invalid|method_rejected)|version_rejected|parameter_(?:absent|rejected)|timestamp_refused|additional_authorization_required)$/
const ofToken =
  /^(?:nonce_used|token_(?:used|expired|revoked|rejected|not_authorized)|permission_(?:unknown|denied)|verifier_invalid|session_expired|user_refused)$/

function refused(
  response: Response,
  answer: URLSearchParams,
  { refusal, endpoint }: TokenRequest,
  now: number,
): AuthError {
  const { status, headers } = response
  const challenge = parseChallenges(headers.get('www-authenticate')).find((one) => one.scheme === 'oauth')
  const problem = answer.get('oauth_problem') ?? challenge?.params['oauth_problem'] ?? ''
  if (status !== 400 && status !== 401 && status !== 403) return httpFailure(response, { scheme, now })
  const code = ofClient.test(problem)
    ? 'client_rejected'
    : ofToken.test(problem)
      ? 'credentials_rejected'
      : refusal
  // Any other text may repeat what was sent.
  const shown = ofClient.test(problem) || ofToken.test(problem) ? ` (${problem})` : ''
  const { host } = new URL(typeof endpoint === 'string' ? endpoint : endpoint.url)
  const message = `${host} refused to give a token${shown}`
  return new AuthError(code, message, { scheme, cause: { status } })
}

const ours =
  /^oauth_(?:token|token_secret|session_handle|expires_in|authorization_expires_in|callback_confirmed)$/

/** What an access token answer is kept as; what it does not say of the old credentials stays. */
export function credentialsOf(
  answer: URLSearchParams,
  now: number,
  before: Partial<OAuth1Credentials> = {},
): OAuth1Credentials {
  const expiresAt = expiryOf(answer.get('oauth_expires_in'), now, 'seconds')
  const sessionHandle = answer.get('oauth_session_handle') ?? before.sessionHandle
  const values = { ...before.values, ...Object.fromEntries([...answer].filter(([name]) => !ours.test(name))) }
  return {
    token: answer.get('oauth_token') ?? '',
    tokenSecret: answer.get('oauth_token_secret') ?? '',
    ...(expiresAt !== undefined && { expiresAt }),
    ...(sessionHandle !== undefined && { sessionHandle }),
    ...(Object.keys(values).length > 0 && { values }),
  }
}
