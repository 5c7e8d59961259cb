import { completeField, type Field, type Fields } from '@latchkey/core'
import { checkPlaces, type Place, type Placing } from '@latchkey/core/http'
import { checkAlgorithm, isShared, type JwtAlgorithm } from './algorithm.ts'
import { claimsOf, speaksOfRequest, type Claims, type Time } from './claims.ts'
import type { Given, KeyField } from './options.ts'
import { requestSlots } from './request.ts'
import type { KeyEncoding } from './secret.ts'

const scheme = 'jwt'
const defaultLifetimeMs = 1_200_000

/** Options that have been checked. */
export interface Plan {
  readonly algorithm: JwtAlgorithm
  readonly fields: Fields
  readonly key: string
  readonly passphrase: string | undefined
  readonly encoding: KeyEncoding
  readonly base64EncodeSecret: boolean
  readonly shortSecret: boolean
  readonly claims: Claims
  readonly times: readonly Time[]
  readonly lifetimeMs: number
  readonly perRequest: boolean
  readonly contextPath: string
  readonly places: readonly Placing[]
}

/**
 * Checks options.
 * @throws {TypeError} that names the option
 */
export function planOf(options: Given): Plan {
  const { algorithm, lifetimeMs = defaultLifetimeMs, encoding = 'text', contextPath = '' } = options
  checkAlgorithm(algorithm)
  const standard = isShared(algorithm) ? 'secret' : 'privateKey'
  const form = options.fields ?? { [standard]: {} }
  const names = Object.keys(form)
  const key = options.key ?? (names.includes(standard) ? standard : names.length === 1 ? names[0] : undefined)
  if (key === undefined || !names.includes(key))
    throw new TypeError(`jwt: key must name the field with the key, one of ${names.join(', ')}`)
  const passphrase = options.passphrase ?? (names.includes('passphrase') ? 'passphrase' : undefined)
  const fields = Object.fromEntries(
    Object.entries(form).map(([name, field]) => [
      name,
      completeField(field, standardOf(name, key, standard)),
    ]),
  )
  const claims = claimsOf(options, (name) => fields[name]?.required !== true && Object.hasOwn(fields, name))
  const unknown = [...claims.slots].find(
    (name) => !names.includes(name) && name !== 'random' && !requestSlots.includes(name),
  )
  if (unknown !== undefined)
    throw new TypeError(`jwt: there is a slot {${unknown}}, and no field of that name`)
  if (!(lifetimeMs >= 1000)) throw new TypeError('jwt: lifetimeMs must be at least 1000')
  const places = placesOf(options)
  if (claims.slots.has('request.sha256') && places.some(({ in: at }) => at === 'form' || at === 'json'))
    throw new TypeError('jwt: a token that speaks of the body cannot go into the body')
  return {
    algorithm,
    fields,
    key,
    passphrase,
    claims,
    lifetimeMs,
    encoding,
    contextPath,
    places,
    base64EncodeSecret: options.base64EncodeSecret ?? false,
    shortSecret: options.shortSecret ?? false,
    times: options.times ?? ['iat', 'exp'],
    perRequest: options.perRequest ?? speaksOfRequest(claims.slots),
  }
}

function standardOf(name: string, key: string, standard: string): Field {
  const field: KeyField = { type: 'password', label: name, required: true }
  if (name !== key) return field
  return standard === 'secret'
    ? { ...field, label: 'Secret' }
    : { ...field, label: 'Private key', multiline: true }
}

function placesOf(options: Given): Placing[] {
  const place = (given: Place): Placing => {
    const isAuthorization = given.in === 'header' && /^authorization$/i.test(given.name)
    return {
      ...given,
      prefix: given.prefix ?? (isAuthorization ? 'Bearer ' : ''),
      field: 'The token',
      scheme,
    }
  }
  if ('placements' in options) return checkPlaces(options.placements.map(place), scheme)
  const { in: at, prefix } = options
  const one =
    at === undefined
      ? { in: 'header' as const, name: 'Authorization', prefix }
      : { in: at, name: options.name, prefix, clash: options.clash }
  return checkPlaces([place(one as Place)], scheme)
}
