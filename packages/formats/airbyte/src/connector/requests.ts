import type { JsonObject } from '@latchkey/core/definition'
import { sameAuthenticator, type StreamAuth } from '../resolve/index.ts'
import { sameMeaning } from '../template/index.ts'
import { authOnly } from './auth-only.ts'

/** Requests that are authenticated alike. */
export interface Variant {
  /** The name of its first stream. */
  readonly name: string
  readonly authenticator: JsonObject | undefined
  /** Where the authenticator stands first. */
  readonly at: string
  readonly requests: readonly StreamAuth[]
}

/**
 * The requests of a manifest by how they are authenticated, the kind that most streams have first. `differs`: what of a
 * requester counts besides its authenticator.
 */
export function variantsOf(
  requests: readonly StreamAuth[],
  differs: (request: StreamAuth) => unknown,
): readonly Variant[] {
  const groups: { key: unknown; requests: StreamAuth[] }[] = []
  for (const request of requests) {
    const auth = request.authenticator && authOnly(request.authenticator)
    // Parameters are left where a template reads them, and then they make a difference.
    const key = { auth, parameters: auth?.['$parameters'], extra: differs(request) }
    const known = groups.find((group) => sameAuthenticator(group.key, key, sameMeaning))
    if (known) known.requests.push(request)
    else groups.push({ key, requests: [request] })
  }
  const taken = new Set<string>()
  return groups
    .map(({ requests: all }) => all)
    .sort((a, b) => weight(b) - weight(a))
    .map((all) => {
      const [first] = all as [StreamAuth]
      let name = first.stream
      for (let count = 2; taken.has(name); count++) name = `${first.stream} ${count}`
      taken.add(name)
      return {
        name,
        authenticator: first.authenticator && authOnly(first.authenticator),
        at: `${first.at}.authenticator`,
        requests: all,
      }
    })
}

/** How many streams are read with it; what is asked for their parents' sake counts where nothing else does. */
const weight = (requests: readonly StreamAuth[]): number =>
  requests.filter(({ isSecondary }) => !isSecondary).length
