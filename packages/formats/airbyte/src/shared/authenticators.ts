import { isObject, type JsonObject } from '@latchkey/core/definition'
import { authOnly } from '../connector/auth-only.ts'
import { variantsOf } from '../connector/requests.ts'
import { authenticatorsOf, resolveManifest } from '../resolve/index.ts'

/** Authenticators that are equal after `$ref`: one form, one credential, one refresh. */
export interface SharedAuthenticator {
  readonly authenticator: JsonObject
  /** Where it stands: `streams[0].retriever.requester.authenticator`. */
  readonly paths: readonly string[]
  /** Whose requests it signs; each once. */
  readonly streams: readonly string[]
}

/**
 * The authenticators of a manifest, each once with the places where it stands, the one of most streams first.
 * @throws {AuthError} definition_invalid for what is no manifest
 */
export function sharedAuthenticators(manifest: unknown): readonly SharedAuthenticator[] {
  const requests = authenticatorsOf(resolveManifest(manifest))
  return variantsOf(requests, () => undefined).flatMap(({ authenticator, requests: all }) =>
    authenticator === undefined
      ? []
      : [
          {
            authenticator,
            paths: all.map(({ at }) => `${at}.authenticator`),
            streams: [...new Set(all.map(({ stream }) => stream))],
          },
        ],
  )
}

/** The authenticators of a manifest by their places. */
export function authenticatorsByPath(manifest: unknown): ReadonlyMap<string, JsonObject> {
  const requests = authenticatorsOf(resolveManifest(manifest))
  return new Map(
    requests.flatMap(({ at, authenticator }) =>
      isObject(authenticator) ? [[`${at}.authenticator`, authOnly(authenticator)] as const] : [],
    ),
  )
}
