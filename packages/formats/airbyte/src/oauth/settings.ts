import { below, memberAt } from '@latchkey/core/definition'
import { expiryOf } from '@latchkey/core/http'
import type { OAuth2Credentials } from '@latchkey/oauth2'
import type { Settings } from '../authenticators/where.ts'
import { renderOptional, renderRequired, type Scope } from '../template/index.ts'
import type { OAuthDefinition } from './definition.ts'

/** True where a header of the definition says who the client is; at home only "Authorization" in that very case does. */
export const provesClient = ({ headers }: OAuthDefinition): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')

/**
 * The settings of the inner strategy: the client, the refresh token of the form, and the scope of all other templates.
 * @throws {AuthError} settings_invalid that names the place in the configuration
 */
export function innerSettings(definition: OAuthDefinition, scope: Scope): Settings {
  const { at, clientId, clientSecret, assertion } = definition
  const text = (template: string | undefined, name: string, isNeeded: boolean): string | undefined => {
    if (template === undefined) return undefined
    const place = below(at, name)
    return isNeeded ? renderRequired(template, scope, place) : renderOptional(template, scope, place)
  }
  const needed = assertion === undefined && !provesClient(definition)
  return {
    clientId: text(clientId, 'client_id', needed),
    // A public client has an empty secret, and a form keeps nothing that is empty.
    clientSecret: clientSecret === undefined ? undefined : (text(clientSecret, 'client_secret', false) ?? ''),
    refreshToken: refreshTokenIn(definition, scope),
    scope,
  }
}

/** The refresh token of the configuration: where the updater keeps it, else where the authenticator reads it. */
function refreshTokenIn({ at, updater, refreshToken }: OAuthDefinition, scope: Scope): string | undefined {
  const kept = updater && memberAt(scope.config, updater.refreshToken)
  if (typeof kept === 'string' && kept !== '') return kept
  const text =
    refreshToken === undefined ? '' : renderOptional(refreshToken, scope, below(at, 'refresh_token'))
  return text === '' ? undefined : text
}

/** Tokens that the configuration brings, while the access token lasts; a lifetime must be given for it to count. */
export function tokensIn(
  definition: OAuthDefinition,
  scope: Scope,
  now: number,
): OAuth2Credentials | undefined {
  const { at, updater, accessTokenValue, expiryDate } = definition
  const rendered = (template: string | undefined, name: string): unknown =>
    template === undefined ? undefined : renderOptional(template, scope, below(at, name))
  const accessToken = updater
    ? memberAt(scope.config, updater.accessToken)
    : rendered(accessTokenValue, 'access_token_value')
  const ends = updater ? memberAt(scope.config, updater.expiry) : rendered(expiryDate, 'token_expiry_date')
  const expiresAt = momentOf(ends, now)
  const refreshToken = refreshTokenIn(definition, scope)
  if (typeof accessToken !== 'string' || accessToken === '' || refreshToken === undefined) return undefined
  return expiresAt === undefined || expiresAt <= now ? undefined : { accessToken, refreshToken, expiresAt }
}

/** A date, or seconds or milliseconds since 1970. */
function momentOf(value: unknown, now: number): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number') return expiryOf(number, now, number < 1e11 ? 'epoch' : 'epoch-ms')
  return expiryOf(value, now, 'date')
}
