import { AuthError, type CredentialContext, type OutgoingRequest, type Verdict } from '@latchkey/core'
import { putAll, putCookie } from '@latchkey/core/http'
import { openJar, type Jar } from './jar.ts'
import { scheme } from './judge.ts'
import type { SessionCredentials } from './options.ts'
import { valueFor, type Plan } from './plan.ts'
import type { Values } from './request.ts'
import { taken } from './take.ts'

export type Context = CredentialContext<Values, SessionCredentials>

/** A session as this process knows it: what was stored, and what the API has said since. */
interface Live {
  readonly id: string
  readonly jar: Jar | undefined
  values: Readonly<Record<string, string>>
  usedAt?: number
  rejected?: true
}

function liveOf({ keepsCookies }: Plan, { credentials, memory }: Context): Live {
  const { id, values, cookies } = credentials
  const known = memory.get('session') as Live | undefined
  if (known?.id === id) return known
  const live: Live = { id, values, jar: keepsCookies ? openJar(cookies) : undefined }
  memory.set('session', live)
  return live
}

/** Puts a session on a request. */
export function use(plan: Plan, request: OutgoingRequest, c: Context): void | Promise<void> {
  const { values, jar } = liveOf(plan, c)
  const { headers, url } = request
  for (const pair of jar?.header(url.href, c.now()).split('; ') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0) headers.set('cookie', putCookie(headers.get('cookie'), pair.slice(0, at), pair.slice(at + 1)))
  }
  const all = { ...c.settings, ...values }
  return putAll(
    request,
    plan.uses.map((each) => {
      const value = valueFor(each, all)
      // Never a request without its session.
      if (value === undefined)
        throw new AuthError('credentials_missing', 'The session has nothing that could be used.', { scheme })
      return [each, value] as const
    }),
  )
}

/** Whether answers of the API say anything beyond 401. */
export const listens = ({ keepsCookies, sliding, renewed }: Plan): boolean =>
  keepsCookies || sliding === true || renewed !== undefined

/** Learns from an answer of the API: that the session was used, new cookies, new values. */
export function learn(
  plan: Plan,
  response: Response,
  c: Context & { readonly request: OutgoingRequest },
): Verdict {
  const live = liveOf(plan, c)
  const { status, headers } = response
  if (status === 401) {
    live.rejected = true
    return 'renew'
  }
  live.jar?.learn(headers, c.request.url.href, c.now())
  for (const [name, take] of Object.entries(plan.renewed ?? {})) {
    const value = taken(take, { status, headers, text: '', json: undefined })
    if (value !== undefined && fits(plan, { ...c.settings, ...live.values, [name]: value }))
      live.values = { ...live.values, [name]: value }
  }
  live.usedAt = c.now()
  return undefined
}

function fits(plan: Plan, values: Values): boolean {
  try {
    plan.checkValues(values)
    return true
  } catch {
    return false
  }
}

/** The same session with its new end, where it was used since and nobody has rejected it; costs no request. */
export function extended(plan: Plan, c: Context): SessionCredentials | undefined {
  const { credentials } = c
  const { idleMs, expiresAt } = credentials
  const { usedAt, rejected, values, jar } = liveOf(plan, c)
  if (idleMs === undefined || usedAt === undefined || rejected) return undefined
  const end = usedAt + idleMs
  // A session that is nearly over is not worth keeping.
  if (end <= (expiresAt ?? 0) || end - c.now() < idleMs / 5) return undefined
  return { ...credentials, values, expiresAt: end, ...(jar && { cookies: jar.save() }) }
}
