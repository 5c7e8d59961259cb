import { AuthError, completeField, type Fields } from '@latchkey/core'
import {
  checkPlaces,
  expiryOf,
  placePattern,
  renderOptional,
  slotNames,
  type Placing,
} from '@latchkey/core/http'
import { scheme } from './judge.ts'
import type { LoginRequest, SecretField, SessionFields, SessionOptions, Use } from './options.ts'
import { requestSlots, type Values } from './request.ts'

/** One place, and what goes there. */
export type Using = Placing & { readonly value: string }

/** Options that have been checked. */
export interface Plan extends Omit<SessionOptions<SessionFields>, 'login' | 'use' | 'fields'> {
  readonly login:
    | readonly LoginRequest[]
    | Exclude<SessionOptions<SessionFields>['login'], LoginRequest | readonly LoginRequest[]>
  readonly fields: Fields
  readonly uses: readonly Using[]
  readonly keepsCookies: boolean
  readonly isOptional: (name: string) => boolean
  /** @throws {AuthError} response_invalid for a value that cannot be sent where it is used */
  readonly checkValues: (values: Values) => void
}

const wrong = (problem: string): TypeError => new TypeError(`session: ${problem}`)

/**
 * Checks options.
 * @throws {TypeError} that names the option
 */
export function planOf(options: SessionOptions<SessionFields>): Plan {
  const {
    refresh,
    logout,
    check,
    given = {},
    renewed = {},
    use = { in: 'header', name: 'Authorization' },
  } = options
  const login = typeof options.login === 'function' ? options.login : [options.login].flat()
  const steps = typeof login === 'function' ? [] : login
  if (typeof login !== 'function' && login.length === 0) throw wrong('login must have at least one request')
  const fields: Fields = Object.fromEntries(
    Object.entries(options.fields).map(([name, field]) => {
      const standard: SecretField = { type: 'password', label: name, required: true }
      return [name, completeField(field, standard)]
    }),
  )
  const known = new Set(Object.keys(fields))
  const optional = new Set(Object.keys(fields).filter((name) => fields[name]?.required !== true))
  const take = (
    names: Readonly<Record<string, { readonly optional?: boolean | undefined } | string>>,
    what: string,
  ): void => {
    for (const [name, each] of Object.entries(names)) {
      if (Object.hasOwn(fields, name)) throw wrong(`${what} takes "${name}", which is the name of a field`)
      known.add(name)
      if (typeof each === 'object' && each.optional === true) optional.add(name)
    }
  }
  take(given, 'given')
  for (const [at, request] of steps.entries()) {
    checkRequest(request, `login ${at + 1}`, known, fields)
    take(request.take ?? {}, `login ${at + 1}`)
  }
  take(renewed, 'renewed')
  // What a function returns is not known before.
  const all = typeof login === 'function' ? undefined : known
  for (const [name, request] of Object.entries({ refresh, logout, check }))
    if (request !== undefined) checkRequest(request, name, all, fields)
  for (const [name, field] of Object.entries(given))
    if (!Object.hasOwn(fields, field))
      throw wrong(`given.${name} names the field "${field}", and fields has none of that name`)
  checkRest(options)
  const uses = use === 'cookies' ? [] : usesOf([use].flat(), all)
  const isOptional = (name: string): boolean => optional.has(name)
  return {
    ...options,
    login,
    fields,
    uses,
    keepsCookies: use === 'cookies',
    isOptional,
    checkValues: (values) => uses.forEach((each) => checkValue(each, values)),
  }
}

function checkRequest(
  request: LoginRequest,
  what: string,
  known: ReadonlySet<string> | undefined,
  fields: Fields,
): void {
  const unknown = requestSlots(request, what).find((name) => known?.has(name) === false)
  if (unknown !== undefined)
    throw wrong(`${what} has a slot {${unknown}}, and nothing of that name was given before`)
  const { auth } = request
  if (auth === undefined) return
  const missing = Object.keys(auth.fields).find((name) => !Object.hasOwn(fields, name))
  if (missing !== undefined)
    throw wrong(
      `${what} is authenticated with the field "${missing}", and fields has none of that name; write { ...auth.fields }`,
    )
  if (auth.authorize !== undefined && auth.acquire === undefined)
    throw wrong(`${what} cannot be authenticated by ${auth.scheme}, which needs a person`)
}

function checkRest({
  expires,
  sliding,
  renewed = {},
  perRequest,
  refresh,
  logout,
  given,
  check,
}: SessionOptions<SessionFields>): void {
  const isFixed = typeof expires === 'number' || typeof expires === 'string'
  if (typeof expires === 'number' && !(expires > 0)) throw wrong('expires must be more than 0 milliseconds')
  if (typeof expires === 'string' && expiryOf(expires, 0, 'duration') === undefined)
    throw wrong(`expires must be a duration of ISO 8601 such as PT1H, not ${JSON.stringify(expires)}`)
  if (sliding === true && !isFixed) throw wrong('sliding needs expires as a number or a duration')
  if (Object.values(renewed).some((each) => !('header' in each || 'cookie' in each)))
    throw wrong('renewed takes headers and cookies only, because the body is the caller’s')
  if (check !== undefined && given === undefined) throw wrong('check needs given')
  const spare = { refresh, logout, given, sliding, expires }
  const idle = Object.entries(spare).find(([, value]) => value !== undefined && value !== false)
  if (perRequest === true && idle !== undefined)
    throw wrong(`perRequest keeps nothing, so ${idle[0]} means nothing`)
}

function usesOf(uses: readonly Use[], known: ReadonlySet<string> | undefined): Using[] {
  const checked = uses.map((use): Using => {
    const isAuthorization = use.in === 'header' && /^authorization$/i.test(use.name)
    const prefix = use.prefix ?? (isAuthorization && use.value === undefined ? 'Bearer ' : '')
    return { ...use, prefix, value: use.value ?? '{token}', field: 'The session', scheme }
  })
  const unknown = checked.flatMap(({ value }) => slotNames(value)).find((name) => known?.has(name) === false)
  if (unknown !== undefined) throw wrong(`use has a slot {${unknown}}, and nothing of that name is taken`)
  return checkPlaces(checked, scheme)
}

/** What goes to a place; undefined where nothing of that name was taken. */
export function valueFor({ prefix = '', value }: Using, values: Values): string | undefined {
  const text = renderOptional(value, values, () => true)
  return text === undefined ? undefined : prefix + text
}

function checkValue(use: Using, values: Values): void {
  const value = valueFor(use, values)
  if (value === undefined)
    throw new AuthError('response_invalid', 'The login gave nothing that could be used.', { scheme })
  const allowed = placePattern(use)
  const fits =
    allowed === undefined ||
    (value.length <= 16_384 && new RegExp(`^(?! )${allowed}(?<! )$`, 'u').test(value))
  if (!fits)
    throw new AuthError('response_invalid', `The login gave a value that cannot be sent in a ${use.in}.`, {
      scheme,
    })
}
