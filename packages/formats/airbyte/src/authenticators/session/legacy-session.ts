import { AuthError, type AuthContext, type AuthStrategy, type CredentialContext } from '@latchkey/core'
import { invalid, unknownMembers, type JsonObject } from '@latchkey/core/definition'
import { headerName, put } from '@latchkey/core/http'
import { session, type SessionCredentials, type SessionOptions } from '@latchkey/session'
import { parseTemplate, renderUrlTemplate, type Scope } from '../../template/index.ts'
import { attempt, kept, withSettings } from '../made.ts'
import { needed, optional, optionalText, textAt, type Text } from '../text.ts'
import { scopeOf, type Settings, type Where } from '../where.ts'

const members = [
  'type',
  'header',
  'login_url',
  'validate_session_url',
  'session_token_response_key',
  'session_token',
  'username',
  'password',
  '$parameters',
]

/** Our session, and the context with its settings. */
interface Inside<C> {
  readonly own: C
  readonly strategy: AuthStrategy<Settings, SessionCredentials>
}

type Credentials = CredentialContext<Settings, SessionCredentials>

/**
 * `LegacySessionTokenAuthenticator`: a session that the user brings is asked about once and used until it is rejected;
 * without one, or when it ends, user name and password log in.
 */
export function legacySessionOf(definition: JsonObject, where: Where): AuthStrategy {
  const { at, fields, warn } = where
  unknownMembers(definition, members, at).forEach(warn)
  const header = textAt(definition, 'header', at)
  const loginUrl = textAt(definition, 'login_url', at)
  const checkUrl = textAt(definition, 'validate_session_url', at)
  const key = textAt(definition, 'session_token_response_key', at)
  const [token, username, password] = (['session_token', 'username', 'password'] as const).map((name) =>
    optionalText(definition, name, at),
  )
  const base = where.requester?.['url_base'] ?? where.requester?.['url']
  if (typeof base !== 'string')
    throw invalid(at, 'a LegacySessionTokenAuthenticator needs the url_base of its requester.')
  const api = parseTemplate(base, at)
  const name = (scope: Scope): string => attempt(header.at, () => headerName(needed(header, scope)))
  const nameUnder = kept(where, (scope, _: Settings) => name(scope))
  const url = (scope: Scope, path: Text): string =>
    // A brace would be a slot.
    renderUrlTemplate([api, path.template], scope, path.at).replace(/[{}]/g, encodeURIComponent)

  const inside = <C extends AuthContext<Settings>>(c: C): Inside<C> => {
    const scope = scopeOf(where, c)
    const text = (of: Text | undefined): string => (of && optional(of, scope, fields)) ?? ''
    const settings = { given: text(token), username: text(username), password: text(password) }
    const part = { required: false } as const
    const options: SessionOptions<{ given: typeof part; username: typeof part; password: typeof part }> = {
      fields: { given: part, username: part, password: part },
      given: { token: 'given' },
      check: { url: url(scope, checkUrl), headers: { [name(scope)]: '{token}' } },
      login: {
        url: url(scope, loginUrl),
        json: { username: '{username}', password: '{password}' },
        take: { token: { json: needed(key, scope) } },
      },
    }
    const inner: AuthStrategy = attempt(at, () => session(options))
    return { own: withSettings(c, settings), strategy: inner as AuthStrategy<Settings, SessionCredentials> }
  }
  const checked = <C extends AuthContext<Settings>>(c: C, isRejected: boolean): Inside<C> => {
    const made = inside(c)
    const { given, username: user, password: word } = made.own.settings as Record<string, string>
    const field = isRejected || token === undefined ? (username?.field ?? token?.field) : token.field
    if ((isRejected || given === '') && (user === '' || word === ''))
      throw new AuthError(
        'settings_invalid',
        `${at}: there is neither a session that the API takes nor a user name with a password.`,
        { field },
      )
    return made
  }
  const strategy: AuthStrategy<Settings, SessionCredentials> = {
    scheme: 'session',
    fields,
    async acquire(c: AuthContext<Settings>) {
      const { own, strategy: inner } = checked(c, false)
      return inner.acquire?.(own)
    },
    async refresh(c: Credentials) {
      const { own, strategy: inner } = checked(c, true)
      return inner.refresh?.(own)
    },
    apply(request, c: Credentials) {
      const place = { in: 'header', name: nameUnder(c, c.settings) } as const
      return put(
        request,
        { ...place, field: 'The session token', scheme: 'session' },
        c.credentials.values['token'] ?? '',
      )
    },
  }
  return strategy
}
