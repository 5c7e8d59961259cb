import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { bearer } from '@latchkey/bearer'
import type { AuthStrategy } from '@latchkey/core'
import { below, invalid, unknownMembers, type JsonObject } from '@latchkey/core/definition'
import { strategyMade } from './made.ts'
import { placeIn, requestOption } from './place.ts'
import { needed, optional, optionalText, textAt, textIn } from './text.ts'
import type { Where } from './where.ts'

const common = ['type', '$parameters', 'name']

/** `ApiKeyAuthenticator`: one value as its template says, in a header, the query, a form or a JSON body. */
export function apiKeyOf(definition: JsonObject, where: Where): AuthStrategy {
  const { at, warn } = where
  unknownMembers(definition, [...common, 'api_token', 'inject_into', 'header'], at).forEach(warn)
  const { inject_into: option = null, header = null } = definition
  if ((option === null) === (header === null))
    throw invalid(at, 'an ApiKeyAuthenticator has either inject_into or header, and not both.')
  const place =
    option === null
      ? { in: 'header' as const, name: [textIn(header, below(at, 'header'))] }
      : requestOption(option, below(at, 'inject_into'), warn)
  const token = textAt(definition, 'api_token', at)
  return strategyMade(where, 'api-key', (scope) => ({
    strategy: apiKey({ ...placeIn(place, scope), fields: { apiKey: {} } }),
    settings: { apiKey: needed(token, scope) },
    names: { apiKey: token.field },
  }))
}

/** `BearerAuthenticator`. */
export function bearerOf(definition: JsonObject, where: Where): AuthStrategy {
  unknownMembers(definition, [...common, 'api_token'], where.at).forEach(where.warn)
  const token = textAt(definition, 'api_token', where.at)
  const strategy = bearer()
  return strategyMade(where, 'bearer', (scope) => ({
    strategy,
    settings: { token: needed(token, scope) },
    names: { token: token.field },
  }))
}

/** `BasicHttpAuthenticator`. A password that is missing is empty, as at home; a missing user name is an error. */
export function basicOf(
  definition: JsonObject,
  where: Where,
  charset: 'utf-8' | 'latin-1' = 'utf-8',
): AuthStrategy {
  const { at, fields, warn } = where
  unknownMembers(definition, [...common, 'username', 'password'], at).forEach(warn)
  const username = textAt(definition, 'username', at)
  const password = optionalText(definition, 'password', at)
  const part = { type: 'password', label: 'Password', required: false } as const
  const strategy = basic({ charset, fields: { username: part, password: part } })
  return strategyMade(where, 'basic', (scope) => ({
    strategy,
    settings: {
      // A user name that the author left empty is one: the password alone signs in.
      username: username.field === undefined ? optional(username, scope, fields) : needed(username, scope),
      password: (password && optional(password, scope, fields)) ?? '',
    },
    names: { username: username.field, password: password?.field },
  }))
}
