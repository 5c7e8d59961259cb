import { isObject, type JsonObject } from '@latchkey/core/definition'
import type { Json } from '@latchkey/core'
import type { OAuth2Credentials } from '@latchkey/oauth2'
import type { OAuthDefinition } from './definition.ts'
import { otherOutputs } from './consent.ts'
import type { ConsentSpec } from './consent-spec.ts'

/** A value that was earned, and where the source system's configuration keeps it. */
export interface Earned {
  readonly path: readonly string[]
  readonly value: Json
}

/** Where the configuration has what a consent or a refresh earns. */
export interface EarnedPaths {
  readonly accessToken?: readonly string[] | undefined
  readonly refreshToken?: readonly string[] | undefined
  readonly expiry?: readonly string[] | undefined
  /** Other values that a consent brings, by their name in the credentials' metadata. */
  readonly others?: Readonly<Record<string, readonly string[]>> | undefined
}

/** The places that the consent writes to. */
export function consentPaths({ outputs }: Pick<ConsentSpec, 'outputs'>): EarnedPaths {
  const pathOf = (name: string): readonly string[] | undefined =>
    outputs.find((output) => output.name === name)?.configPath
  return {
    accessToken: pathOf('access_token'),
    refreshToken: pathOf('refresh_token'),
    expiry: pathOf('token_expiry_date'),
    others: Object.fromEntries(otherOutputs(outputs).map(({ name, configPath }) => [name, configPath])),
  }
}

/** The places that the updater names. Without one a rotated refresh token goes where the authenticator reads it, if that is one place. */
export function refreshPaths({ updater, refreshToken }: OAuthDefinition): EarnedPaths {
  if (updater !== undefined) return updater
  const [, path] =
    /^\s*\{\{\s*config((?:\[\s*(?:"[^"]+"|'[^']+')\s*\]|\.\w+)+)\s*\}\}\s*$/.exec(refreshToken ?? '') ?? []
  if (path === undefined) return {}
  return {
    refreshToken: Array.from(
      path.matchAll(/"([^"]+)"|'([^']+)'|\.(\w+)/g),
      ([, a, b, c]) => a ?? b ?? c ?? '',
    ),
  }
}

/** Both, the first before the second. */
export function joinedPaths(first: EarnedPaths, second: EarnedPaths): EarnedPaths {
  return {
    accessToken: first.accessToken ?? second.accessToken,
    refreshToken: first.refreshToken ?? second.refreshToken,
    expiry: first.expiry ?? second.expiry,
    others: { ...second.others, ...first.others },
  }
}

/** What the credentials say at those places. */
export function earnedBy(paths: EarnedPaths, credentials: OAuth2Credentials | undefined): Earned[] {
  if (credentials === undefined) return []
  const { accessToken, refreshToken, expiresAt, metadata = {} } = credentials
  const found: readonly (readonly [readonly string[] | undefined, Json | undefined])[] = [
    [paths.accessToken, accessToken],
    [paths.refreshToken, refreshToken],
    [paths.expiry, expiresAt === undefined ? undefined : new Date(expiresAt).toISOString()],
    ...Object.entries(paths.others ?? {}).map(([name, path]) => [path, metadata[name]] as const),
  ]
  return found.flatMap(([path, value]) =>
    path === undefined || value === undefined ? [] : [{ path, value }],
  )
}

/** A configuration with values put in their places; what was given stays as it is. */
export function withValues(config: JsonObject, values: readonly Earned[]): JsonObject {
  return values.reduce((whole, { path, value }) => put(whole, path, value), config)
}

function put(config: JsonObject, [name = '', ...rest]: readonly string[], value: Json): JsonObject {
  const below = Object.hasOwn(config, name) ? config[name] : undefined
  const next = rest.length === 0 ? value : put(isObject(below) ? below : {}, rest, value)
  // Not by assignment: a path that begins with `__proto__` must be a member like any other.
  const others = Object.entries(config).filter(([each]) => each !== name)
  return Object.fromEntries<Json | undefined>([...others, [name, next]])
}
