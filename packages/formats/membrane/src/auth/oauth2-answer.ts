import type { AuthContext, Json } from '@latchkey/core'
import { invalid, isObject, type JsonObject } from '@latchkey/core/definition'
import type { Implementation } from '../dialect/types.ts'
import { methodOf, run, variablesOf, type Plan, type Settings, type Variables } from './plan.ts'

/** The request for tokens, and its answer once there is one. */
export interface Exchanged {
  readonly fetch: typeof globalThis.fetch
  /** What the definition sees as the token response; undefined where it could not be read. */
  readonly answer: () => JsonObject | undefined
}

/** Stands for an access token that the definition finds elsewhere in the answer (`authed_user.access_token`). */
const elsewhere = 'elsewhere-in-the-answer'

/** What of a consent is known besides settings. */
interface Callback {
  readonly queryParameters: JsonObject
  readonly redirectUri: string | undefined
  readonly pending: Json
}

/**
 * The fetch for one request for tokens: that of the definition's `getTokenData` where there is one and a code is to be
 * exchanged, else the real one. Keeps the whole answer. `tolerant`: the token may be elsewhere in it.
 */
export function exchanged(
  plan: Plan,
  c: AuthContext<Settings>,
  tolerant: boolean,
  callback?: Callback,
): Exchanged {
  const own = callback && methodOf(plan, 'getTokenData')
  let kept: JsonObject | undefined
  const ask: typeof globalThis.fetch = own ? () => ownAnswer(own, plan, c, callback) : c.fetch
  return {
    answer: () => kept,
    async fetch(input, init) {
      const response = await ask(input, init)
      const text = await response.text()
      kept = response.ok ? membersIn(text) : undefined
      const { status, headers } = response
      // Where the answer says nothing of an error, the definition decides what in it is a credential.
      const isPlain = !tolerant || typeof kept?.['access_token'] === 'string' || failed(kept)
      const body = isPlain ? text : JSON.stringify({ ...kept, access_token: elsewhere })
      return new Response(body === '' ? null : body, { status, headers })
    },
  }
}

async function ownAnswer(
  method: Implementation,
  plan: Plan,
  c: AuthContext<Settings>,
  { pending, ...callback }: Callback,
): Promise<Response> {
  const { verifier } = (pending ?? {}) as { readonly verifier?: Json }
  const { credentials: _, ...given } = variablesOf(plan, c.settings)
  const variables: Variables = { ...given, ...callback, codeVerifier: verifier }
  const made = await run(method, variables, { fetch: c.fetch })
  if (!isObject(made)) throw invalid(method.at, 'must give the token response, an object')
  return Response.json(made)
}

function failed(kept: JsonObject | undefined): boolean {
  return (
    kept === undefined || kept['error'] !== undefined || kept['ok'] === false || kept['success'] === false
  )
}

/** The members of an answer: JSON, else form encoding (GitHub). */
function membersIn(text: string): JsonObject | undefined {
  const trimmed = text.trim()
  if (/^[\w.~%+-]+=\S*$/.test(trimmed)) return Object.fromEntries(new URLSearchParams(trimmed))
  try {
    const value: unknown = JSON.parse(trimmed)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
