import type { StoreDriver } from '@latchkey/core'
import type { AnyCase, SeenRequest, Settings } from './case.ts'

/** A request that the API got, and what it thought of it. */
export interface Sent extends SeenRequest {
  readonly accepted: boolean
}

/** One connection's network, in memory: the API, the provider, and everything else. */
export interface Network {
  /** What the API got, in order. */
  readonly api: Sent[]
  /** What the strategy sent by itself: log in, refresh, revoke. */
  readonly own: SeenRequest[]
  /** What came to origins that are not the API's. */
  readonly away: SeenRequest[]
  /** Answers in the API's place; undefined: as the case says. */
  answer: ((request: Sent) => Response | undefined) | undefined
  /** Answers for other origins. */
  answerAway: ((request: SeenRequest) => Response) | undefined
  /** Answers, or fails, in the provider's place; undefined: as the case says. */
  answerOwn: ((request: SeenRequest) => Response) | undefined
}

/** What all networks of one test have in common. */
export interface Shared {
  /** The strategy's own requests so far. */
  nth: number
  /** The API refuses credentials up to this version. */
  refused: number
}

interface Parts {
  readonly kase: AnyCase
  readonly settings: Settings
  readonly origins: readonly string[]
  readonly now: () => number
  readonly store: StoreDriver
  readonly key: string
  readonly shared: Shared
}

/** Fetch over that network; no sockets, so that it runs wherever tests do. */
export function fetchOver(network: Network, parts: Parts): typeof globalThis.fetch {
  const { kase, settings, origins, store, key, shared } = parts
  return async (input, init) => {
    init?.signal?.throwIfAborted()
    const request = await seen(input, init, parts.now())
    const record = await store.read(key)
    const side = { settings, credentials: record?.credentials, nth: shared.nth + 1 }
    const provided = await kase.provider?.(request, side)
    if (provided !== undefined) {
      shared.nth += 1
      network.own.push(request)
      return network.answerOwn?.(request) ?? provided
    }
    if (!origins.includes(request.url.origin)) {
      network.away.push(request)
      return network.answerAway?.(request) ?? new Response('away')
    }
    const current = record === undefined || record.version > shared.refused
    const sent = { ...request, accepted: await kase.accepts(request, side) }
    network.api.push(sent)
    if (!sent.accepted || !current) return refusal(kase, request)
    return network.answer?.(sent) ?? kase.answer?.(request) ?? Response.json({})
  }
}

export const refusal = (kase: AnyCase, request: SeenRequest): Response =>
  kase.refuse?.(request) ?? new Response('refused', { status: 401 })

/** The request as it goes over the wire. */
export async function seen(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  at: number,
): Promise<SeenRequest> {
  const given = input instanceof Request ? input : undefined
  const body = init?.body ?? given?.body ?? null
  const bytes = new Uint8Array(await new Response(body).arrayBuffer())
  return {
    method: init?.method ?? given?.method ?? 'GET',
    url: new URL(given?.url ?? (input as string | URL)),
    headers: new Headers(init?.headers ?? given?.headers),
    body: bytes,
    text: new TextDecoder().decode(bytes),
    at,
  }
}
