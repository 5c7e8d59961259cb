import type { AuthContext, AuthStrategy, CredentialContext } from '@latchkey/core'
import { below, invalid, unknownMembers, unsupported, type JsonObject } from '@latchkey/core/definition'
import { put, type Place } from '@latchkey/core/http'
import { session, type Expires, type SessionCredentials, type Take } from '@latchkey/session'
import type { Scope } from '../../template/index.ts'
import { attempt, kept, withSettings } from '../made.ts'
import { placeIn, requestOption, type RequestOption } from '../place.ts'
import { componentIn, needed, optionalText, textIn, type Text } from '../text.ts'
import { scopeOf, type Settings, type StrategyOf, type Where } from '../where.ts'
import { expiresIn } from './expires.ts'
import { loginOf } from './login-request.ts'

/** How a session token gets onto a request. */
interface Use {
  readonly place: RequestOption | undefined
  readonly value: Text | undefined
}

/** What a session is made of besides its login. */
export interface SessionParts {
  readonly login: unknown
  readonly loginAt: string
  /** What the answer gives, by name; `token` is what `session_token` stands for, and the others stand for themselves. */
  readonly take: Readonly<Record<string, Take>> & { readonly token: Take }
  readonly expires: Expires | undefined
  readonly use: Use
}

/**
 * `SessionTokenAuthenticator`: logs in once, and again when the session ends or is rejected. Without a duration it lasts
 * until it is rejected; at home it would be a login for every request.
 */
export function sessionTokenOf(definition: JsonObject, where: Where, strategyOf: StrategyOf): AuthStrategy {
  const { at, warn } = where
  const members = ['login_requester', 'session_token_path', 'expiration_duration', 'request_authentication']
  unknownMembers(definition, ['type', ...members, 'decoder', '$parameters'], at).forEach(warn)
  const path = definition['session_token_path'] as unknown
  const names: readonly unknown[] = typeof path === 'string' ? [path] : Array.isArray(path) ? path : []
  if (names.length === 0 || names.some((name) => !/^(?:string|number)$/.test(typeof name) || name === '*'))
    throw invalid(below(at, 'session_token_path'), 'this must be a list of names.')
  return sessionOf(
    {
      login: definition['login_requester'],
      loginAt: below(at, 'login_requester'),
      take: { token: takeOf(definition['decoder'], names.map(String), below(at, 'decoder')) },
      expires: expiresIn(definition['expiration_duration'], below(at, 'expiration_duration')),
      use: useOf(definition['request_authentication'], below(at, 'request_authentication'), warn),
    },
    where,
    strategyOf,
  )
}

/** A session under the form of the manifest. */
export function sessionOf(
  { login, loginAt, take, expires, use }: SessionParts,
  where: Where,
  strategyOf: StrategyOf,
): AuthStrategy {
  const request = loginOf(login, where, loginAt, strategyOf)
  const sent = kept(
    where,
    (scope: Scope, _: SessionCredentials) => valueOf(use, scope, where.at),
    ({ values }) => ({ ...values, session_token: values['token'] }),
  )
  const strategy: AuthStrategy<Settings, SessionCredentials> = {
    scheme: 'session',
    fields: where.fields,
    async acquire(c: AuthContext<Settings>) {
      const scope = scopeOf(where, c)
      const made = request(scope, c)
      const inner = attempt(loginAt, () =>
        session({
          fields: Object.fromEntries(Object.keys(made.settings).map((name) => [name, {}])),
          login: { ...made.request, take },
          ...(expires !== undefined && { expires }),
          use: { ...placeOf(use, scope), value: '{token}' },
        }),
      ) as AuthStrategy<Settings, SessionCredentials>
      return inner.acquire?.(withSettings(c, made.settings))
    },
    apply(request, c: CredentialContext<Settings, SessionCredentials>) {
      const { place, value } = sent(c, c.credentials)
      return put(request, { ...place, field: 'The session token', scheme: 'session' }, value)
    },
  }
  return strategy
}

const placeOf = ({ place }: Use, scope: Scope): Place =>
  place ? placeIn(place, scope) : { in: 'header', name: 'Authorization' }

function valueOf(use: Use, scope: Scope, at: string): { readonly place: Place; readonly value: string } {
  const template = use.value ?? textIn(use.place ? '{{ session_token }}' : 'Bearer {{ session_token }}', at)
  return { place: placeOf(use, scope), value: needed(template, scope) }
}

function takeOf(decoder: unknown, path: readonly string[], at: string): Take {
  if (decoder === undefined || decoder === null) return { json: path }
  const { type } = componentIn(decoder, at, 'a decoder')
  if (type === 'JsonDecoder') return { json: path }
  if (type === 'XmlDecoder') return { xml: path }
  throw unsupported(
    below(at, 'type'),
    'the answer to a login is read by a JsonDecoder or an XmlDecoder only.',
  )
}

function useOf(value: unknown, at: string, warn: Where['warn']): Use {
  const use = componentIn(value, at, 'request_authentication')
  if (use['type'] === 'Bearer') {
    unknownMembers(use, ['type', '$parameters'], at).forEach(warn)
    return { place: undefined, value: undefined }
  }
  if (use['type'] !== 'ApiKey') throw invalid(below(at, 'type'), 'this must be Bearer or ApiKey.')
  unknownMembers(use, ['type', 'inject_into', 'api_token', '$parameters'], at).forEach(warn)
  return {
    place: requestOption(use['inject_into'], below(at, 'inject_into'), warn),
    value: optionalText(use, 'api_token', at),
  }
}
