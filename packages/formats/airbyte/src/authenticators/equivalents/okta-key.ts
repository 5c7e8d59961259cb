import type { AuthContext, AuthStrategy, CredentialContext } from '@latchkey/core'
import { oauth2, type OAuth2Credentials } from '@latchkey/oauth2'
import { parseTemplate, renderUrlTemplate, type Scope } from '../../template/index.ts'
import { attempt, kept, withSettings } from '../made.ts'
import { needed, textIn, withLines, type Text } from '../text.ts'
import type { Settings } from '../where.ts'
import type { Equivalent } from './equivalent.ts'

type Own = AuthStrategy<Settings, OAuth2Credentials>

/** Okta: client credentials of a client that proves itself with a signed assertion. RFC 7523 section 2.2. */
export const oktaKey: Equivalent = {
  className: 'CustomOauth2PrivateKeyAuthenticator',
  of: /okta/i,
  members: [],
  strategy(_, where) {
    const { at, fields } = where
    const url = parseTemplate("https://{{ config['domain'] }}.okta.com/oauth2/v1/token", at)
    const text = (name: string): Text => textIn(`{{ config['credentials']['${name}'] }}`, at)
    const [id, kid] = [text('client_id'), text('key_id')]
    const [key, scopes] = [text('private_key'), text('scope')]
    const under = kept(where, (scope: Scope, _settings: Settings) => {
      const tokenUrl = renderUrlTemplate(url, scope, at)
      return {
        settings: { clientId: needed(id, scope), privateKey: needed(key, scope) },
        strategy: attempt(at, () =>
          oauth2({
            grant: 'client_credentials',
            clientAuth: 'private_key_jwt',
            clientAlgorithm: 'RS256',
            clientKeyId: needed(kid, scope),
            clientAudience: tokenUrl,
            tokenUrl,
            scopes: needed(scopes, scope).split(/\s+/),
          }),
        ) as AuthStrategy as Own,
      }
    })
    const strategy: Own = {
      scheme: 'oauth2',
      fields: withLines(fields, key.field),
      async acquire(c: AuthContext<Settings>) {
        const made = under(c, c.settings)
        return made.strategy.acquire?.(withSettings(c, made.settings))
      },
      apply(request, c: CredentialContext<Settings, OAuth2Credentials>) {
        const made = under(c, c.settings)
        return made.strategy.apply(request, withSettings(c, made.settings))
      },
    }
    return strategy
  },
}
