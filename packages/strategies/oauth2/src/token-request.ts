import type { Json } from '@latchkey/core'
import { headerName, headerValue } from '@latchkey/core/http'
import { proveClient, type Client } from './client-auth.ts'
import { dpopProof, keepNonce, type DpopKey } from './dpop.ts'
import type { Context, Given, Names, RequestShape } from './options.ts'
import { asText, valuesOf, type Plan } from './plan.ts'

/** Standard parameters by their standard names, in the order in which they are sent. */
export type Params = Readonly<Record<string, Json | undefined>>

/** A request to the authorization server before it has a form. */
export interface Draft {
  readonly url: string
  readonly shape: RequestShape
  readonly params: Params
  readonly client: Client
  readonly audience: string
  readonly given: Given
  readonly dpopKey?: DpopKey | undefined
}

/** A request as it goes out. */
export interface Ready {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string | null
  /** What of it must never be shown. */
  readonly secrets: readonly string[]
}

/** Gives a draft its form: names, format, the client's proof, and what the definition adds. */
export async function formed(plan: Plan, c: Context, draft: Draft): Promise<Ready> {
  const { shape, given } = draft
  const own = Object.entries(valuesOf(shape.headers, given))
  const headers = new Headers({ accept: 'application/json' })
  for (const [name, value] of own) headers.set(headerName(name), headerValue(value, name))
  // One proof of the client in a request: a header of the definition's own stands for it.
  const proof = headers.has('authorization')
    ? { params: {} }
    : await proveClient(plan, c, draft.client, draft.audience)
  if (proof.authorization !== undefined) headers.set('authorization', proof.authorization)
  const omitted = new Set(shape.omit)
  const standard = Object.entries({ ...draft.params, ...proof.params }).filter(
    ([name, value]) => value !== undefined && !omitted.has(name),
  )
  const names: Names = { ...plan.options.names, ...shape.names }
  const renamed = standard.map(([name, value]) => [names[name] ?? name, value] as const)
  const params = { ...Object.fromEntries(renamed), ...valuesOf(shape.params, given) } as Record<string, Json>
  const url = new URL(draft.url)
  for (const [name, value] of Object.entries(valuesOf(shape.query, given))) url.searchParams.set(name, value)
  const format = shape.format ?? 'form'
  const method = shape.method ?? 'POST'
  const isQuery = format === 'query' || method === 'GET'
  if (isQuery) for (const [name, value] of pairs(params)) url.searchParams.append(name, value)
  else {
    const type = format === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
    if (!headers.has('content-type')) headers.set('content-type', type)
  }
  const body = isQuery
    ? null
    : format === 'json'
      ? JSON.stringify(params)
      : new URLSearchParams(pairs(params)).toString()
  const secrets = [...Object.values(params), ...own.map(([, value]) => value), draft.client.secret]
  return {
    url: url.href,
    method,
    headers,
    body,
    secrets: secrets.filter((value): value is string => typeof value === 'string' && value.length > 5),
  }
}

/** Form fields: a list repeats its name (RFC 8707), an object has no form but JSON. */
function pairs(params: Readonly<Record<string, Json>>): [string, string][] {
  return Object.entries(params).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly Json[]) : [value]).map((item): [string, string] => [
      name,
      asText(item),
    ]),
  )
}

/**
 * Sends a request to the authorization server once. With DPoP it is sent once more where the server has refused the
 * proof for want of the nonce that it gives in the same answer (RFC 9449 section 8): such a request was not acted upon.
 */
export async function send(
  plan: Plan,
  c: Context,
  draft: Draft,
): Promise<{ readonly response: Response; readonly ready: Ready }> {
  for (let nonces = 0; ; nonces++) {
    const ready = await formed(plan, c, draft)
    const { url, method, headers, body } = ready
    if (draft.dpopKey !== undefined) headers.set('dpop', await dpopProof(c, draft.dpopKey, method, url))
    // RFC 9700 section 4.12: a redirect would carry the credentials on.
    const response = await c.fetch(url, { method, headers, body, redirect: 'manual' })
    const learnt = draft.dpopKey !== undefined && keepNonce(c, url, response.headers)
    if (!learnt || nonces > 0 || !(await refusesProof(response))) return { response, ready }
  }
}

async function refusesProof(response: Response): Promise<boolean> {
  if (response.status !== 400 && response.status !== 401) return false
  const said: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return (said as { readonly error?: unknown } | undefined)?.error === 'use_dpop_nonce'
}
