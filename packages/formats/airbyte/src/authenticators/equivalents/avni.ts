import type { AuthStrategy } from '@latchkey/core'
import { below, type JsonObject } from '@latchkey/core/definition'
import { session, type SessionCredentials } from '@latchkey/session'
import { withSettings } from '../made.ts'
import { needed, textIn } from '../text.ts'
import { scopeOf, type Settings, type Where } from '../where.ts'
import { memberOf, type Equivalent } from './equivalent.ts'

type Own = AuthStrategy<Settings, SessionCredentials>

const cognito = (): Own =>
  session({
    fields: { username: {}, password: {} },
    login: [
      {
        url: 'https://app.avniproject.org/idp-details',
        method: 'GET',
        take: { client: { json: ['cognito', 'clientId'] } },
      },
      {
        url: 'https://cognito-idp.ap-south-1.amazonaws.com/',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
        },
        json: {
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: '{client}',
          AuthParameters: { USERNAME: '{username}', PASSWORD: '{password}' },
        },
        take: { token: { json: ['AuthenticationResult', 'IdToken'] } },
      },
    ],
    expires: { jwt: 'token' },
    use: { in: 'header', name: 'auth-token' },
  }) as AuthStrategy as Own

/** Avni: its own server names the client, Amazon Cognito takes the password. */
export const avni: Equivalent = {
  className: 'CustomAuthenticator',
  of: /avni/i,
  members: ['username', 'password'],
  strategy(definition: JsonObject, where: Where) {
    const { at } = where
    const username = textIn(memberOf(definition, 'username', at), below(at, 'username'))
    const password = textIn(memberOf(definition, 'password', at), below(at, 'password'))
    const login = cognito()
    const strategy: Own = {
      scheme: 'session',
      fields: where.fields,
      async acquire(c) {
        const scope = scopeOf(where, c)
        const settings = { username: needed(username, scope), password: needed(password, scope) }
        return login.acquire?.(withSettings(c, settings))
      },
      apply: (request, c) => login.apply(request, withSettings(c, {})),
    }
    return strategy
  },
}
