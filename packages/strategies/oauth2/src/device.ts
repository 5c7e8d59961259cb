import { AuthError, isAuthError, type Authorization, type Json } from '@latchkey/core'
import { readAnswer } from './answer.ts'
import { clientOf } from './client-auth.ts'
import type { OAuth2Credentials } from './credentials.ts'
import { newDpopKey, type DpopKey } from './dpop.ts'
import { serverOf } from './endpoints.ts'
import { exchange } from './exchange.ts'
import type { Context } from './options.ts'
import { at, textAt } from './path.ts'
import { givenOf, grantType, scopesOf, scopeText, type Plan } from './plan.ts'
import { refusal } from './refusal.ts'
import { resourceOf } from './resource.ts'
import { send } from './token-request.ts'
import { defined } from './token-response.ts'

type Pending = {
  readonly kind: 'oauth2-device'
  readonly deviceCode: string
  readonly scopes: readonly string[]
  readonly intervalMs: number
  readonly expiresAt: number
  readonly dpopKey?: DpopKey | undefined
}

/** When the next question may be asked; a connection remembers it, because `pending` cannot change. */
interface Pace {
  readonly intervalMs: number
  readonly notBefore: number
}

/** Signing in on another device. RFC 8628. */
export function byDevice(plan: Plan): Authorization<Readonly<Record<string, unknown>>, OAuth2Credentials> {
  const { options, scheme } = plan
  return {
    async begin(c) {
      const given = { ...givenOf(c, c.credentials), credentials: undefined }
      const server = serverOf(plan, c, given)
      const url = await server.need('deviceUrl')
      const client = clientOf(plan, c)
      const scopes = scopesOf(plan, given, [
        ...(c.scopes === undefined ? [] : (c.credentials?.scopes ?? [])),
        ...(c.scopes ?? []),
      ])
      const audience = options.clientAudience ?? (await server.issuer()) ?? url
      const params = { scope: scopeText(plan, scopes), resource: await resourceOf(plan, given) }
      const shape = { headers: options.token?.headers, ...options.device }
      const { response, ready } = await send(plan, c, { url, shape, params, client, audience, given })
      const { body, ...answer } = readAnswer(response.status, await response.text())
      const [deviceCode, userCode] = [textAt(body, 'device_code'), textAt(body, 'user_code')]
      // Google writes verification_url.
      const page = textAt(body, 'verification_uri') ?? textAt(body, 'verification_url')
      const complete = textAt(body, 'verification_uri_complete')
      if (!response.ok || deviceCode === undefined || userCode === undefined || page === undefined) {
        const origin = new URL(url).origin
        const failure = refusal(plan, {
          answer: { ...answer, body },
          headers: response.headers,
          request: 'token',
          origin,
          now: c.now(),
          secrets: ready.secrets,
        })
        throw failure.code === 'credentials_rejected'
          ? new AuthError('client_rejected', failure.message, { scheme })
          : failure
      }
      const seconds = (name: string, standard: number): number => {
        const value = Number(at(body, name))
        return Number.isFinite(value) && value > 0 ? value : standard
      }
      // RFC 8628 section 3.2: without an interval, 5 seconds.
      const intervalMs = seconds('interval', 5) * 1000
      const expiresAt = c.now() + seconds('expires_in', 900) * 1000
      const dpopKey = options.dpop ? await newDpopKey() : undefined
      const pending: Pending = { kind: 'oauth2-device', deviceCode, scopes, intervalMs, expiresAt, dpopKey }
      return {
        url: shown(complete ?? page),
        userCode,
        pending: defined(pending) as Json,
        expiresAt,
        intervalMs,
      }
    },
    async complete(c) {
      const pending = c.pending as unknown as Partial<Pending> | null
      if (pending?.kind !== 'oauth2-device')
        throw new AuthError('authorization_mismatch', 'This is no sign-in on another device; begin again', {
          scheme,
        })
      const { deviceCode, scopes, intervalMs, expiresAt, dpopKey } = pending as Pending
      if (c.now() >= expiresAt) throw ended(scheme)
      const key = `oauth2 device ${deviceCode}`
      const pace = (c.memory.get(key) as Pace | undefined) ?? { intervalMs, notBefore: 0 }
      if (c.now() < pace.notBefore) return undefined
      wait(c, key, pace.intervalMs)
      const given = givenOf(c)
      try {
        const credentials = await exchange(plan, c, {
          request: 'token',
          shape: options.token ?? {},
          params: {
            grant_type: grantType('device_code'),
            device_code: deviceCode,
            resource: await resourceOf(plan, given),
          },
          given,
          requestedScopes: scopes,
          dpopKey,
        })
        c.memory.delete(key)
        return credentials
      } catch (error) {
        notYet(error, c, key, pace.intervalMs, scheme)
        return
      }
    },
  }
}

function wait(c: Context, key: string, intervalMs: number): void {
  c.memory.set(key, { intervalMs, notBefore: c.now() + intervalMs } satisfies Pace)
}

/** RFC 8628 section 3.5: what to do about each refusal. */
function notYet(error: unknown, c: Context, key: string, intervalMs: number, scheme: string): undefined {
  if (!isAuthError(error)) throw error
  const said = (error.cause as { readonly error?: unknown } | undefined)?.error
  if (said === 'authorization_pending') return undefined
  if (said === 'slow_down') {
    // Five seconds more, for this question and all that follow.
    wait(c, key, intervalMs + 5_000)
    return undefined
  }
  if (said === 'access_denied')
    throw new AuthError('authorization_denied', 'Consent was not given', { scheme })
  if (said === 'expired_token') throw ended(scheme)
  if (error.code !== 'provider_unavailable') throw error
  // A provider that does not answer is asked half as often.
  wait(c, key, intervalMs * 2)
  return undefined
}

const ended = (scheme: string): AuthError =>
  new AuthError('authorization_denied', 'The code was not entered in time; begin again', { scheme })

/** What a person is sent to must be a page. */
function shown(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new AuthError('response_invalid', 'The provider names no page where the code can be entered')
}
