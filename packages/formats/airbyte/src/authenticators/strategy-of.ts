import { none, type AuthStrategy } from '@latchkey/core'
import { below, invalid, nearest, type JsonObject } from '@latchkey/core/definition'
import { customOf } from './equivalents/custom.ts'
import { apiKeyOf, basicOf, bearerOf } from './header.ts'
import { jwtOf } from './jwt.ts'
import { poolOf } from './pool/pool.ts'
import { selectiveOf } from './selective.ts'
import { legacySessionOf } from './session/legacy-session.ts'
import { sessionTokenOf } from './session/session-token.ts'
import { componentIn } from './text.ts'
import type { StrategyOf, Where } from './where.ts'

type Reader = (definition: JsonObject, where: Where, strategyOf: StrategyOf) => AuthStrategy

const readers: Readonly<Record<string, Reader>> = {
  NoAuth: (_, where) => noneOf(where),
  ApiKeyAuthenticator: apiKeyOf,
  BearerAuthenticator: bearerOf,
  BasicHttpAuthenticator: (definition, where) => basicOf(definition, where),
  JwtAuthenticator: jwtOf,
  SessionTokenAuthenticator: sessionTokenOf,
  LegacySessionTokenAuthenticator: legacySessionOf,
  SelectiveAuthenticator: selectiveOf,
  RateLimitedMultipleTokenAuthenticator: poolOf,
  CustomAuthenticator: customOf,
  OAuthAuthenticator: (definition, where) => where.oauth(definition, where),
}

/**
 * An authenticator as a strategy of ours under the form of the manifest.
 * @throws {AuthError} definition_invalid for what is wrong with it, unsupported for what cannot be expressed; both name
 * the place in the manifest
 */
export function strategyOf(authenticator: unknown, where: Where): AuthStrategy {
  if (authenticator === undefined || authenticator === null) return noneOf(where)
  const definition = componentIn(authenticator, where.at, 'an authenticator')
  const { type } = definition
  const reader = typeof type === 'string' && Object.hasOwn(readers, type) ? readers[type] : undefined
  if (!reader) {
    const known = Object.keys(readers)
    const like = typeof type === 'string' ? nearest(type, known) : undefined
    throw invalid(
      below(where.at, 'type'),
      `this must be one of ${known.join(', ')}${like === undefined ? '.' : `; did you mean ${like}?`}`,
    )
  }
  return reader(definition, where, strategyOf)
}

const noneOf = ({ fields }: Where): AuthStrategy => ({ ...none(), fields })
