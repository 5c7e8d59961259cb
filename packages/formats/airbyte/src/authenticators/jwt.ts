import type { AuthStrategy, Json } from '@latchkey/core'
import { below, invalid, unknownMembers, type JsonObject } from '@latchkey/core/definition'
import { jwt, type ClaimsInput, type JwtAlgorithm } from '@latchkey/jwt'
import type { Scope } from '../template/index.ts'
import { strategyMade, type Made } from './made.ts'
import { placeIn, requestOption, type RequestOption } from './place.ts'
import { componentIn, needed, optional, optionalText, textAt, withLines, type Text } from './text.ts'
import { checkTexts, refuse, rendered } from './value.ts'
import type { Where } from './where.ts'

const members = [
  'type',
  'secret_key',
  'algorithm',
  'base64_encode_secret_key',
  'token_duration',
  'header_prefix',
  'jwt_headers',
  'additional_jwt_headers',
  'jwt_payload',
  'additional_jwt_payload',
  'passphrase',
  'request_option',
  '$parameters',
]
const algorithms = /^(?:HS(?:256|384|512)|RS(?:256|384|512)|PS(?:256|384|512)|ES(?:256K?|384|512)|EdDSA)$/

/** A `JwtAuthenticator` that has been read. */
interface Token {
  readonly secret: Text
  readonly passphrase: Text | undefined
  readonly algorithm: JwtAlgorithm
  readonly isEncoded: boolean
  readonly lifetimeMs: number
  readonly prefix: Text | undefined
  readonly place: RequestOption | undefined
  /** `kid`, `typ` and `cty`. */
  readonly head: Readonly<Record<string, Text | undefined>>
  /** Other members of the header. */
  readonly headers: JsonObject
  readonly named: JsonObject
  readonly claims: JsonObject
}

/**
 * `JwtAuthenticator`: a token that is signed once and used until shortly before its end. Without `header_prefix` it stands
 * alone in its header.
 */
export function jwtOf(definition: JsonObject, where: Where): AuthStrategy {
  const token = read(definition, where)
  const fields = withLines(where.fields, token.secret.field)
  return strategyMade({ ...where, fields }, 'jwt', (scope) => made(token, where, scope), true)
}

function made(token: Token, where: Where, given: Scope): Made {
  const { fields } = where
  const scope: Scope = { ...given, functions: ['json_loads'] }
  const text = (of: Text | undefined): string => (of && optional(of, scope, fields)) ?? ''
  const head = Object.entries(token.head).flatMap(([name, of]) => {
    const value = text(of)
    return value === '' ? [] : [[name, value] as const]
  })
  const passphrase = text(token.passphrase)
  const prefix = text(token.prefix)
  const place = token.place ? placeIn(token.place, scope) : { in: 'header' as const, name: 'Authorization' }
  const part = { type: 'password', required: false } as const
  const value = (of: JsonObject, name: string) => (input: ClaimsInput<unknown>) =>
    rendered(
      of,
      { ...scope, now: input.now, random: input.random },
      below(where.at, name),
      fields,
    ) as JsonObject
  const strategy = jwt({
    ...place,
    prefix: prefix === '' ? '' : `${prefix} `,
    algorithm: token.algorithm,
    fields: { secret: {}, passphrase: part, kid: part, typ: part, cty: part },
    key: 'secret',
    typ: false,
    ...Object.fromEntries(head.map(([name]) => [name, `{${name}}`])),
    claims: (input) => ({
      ...value(token.named, 'jwt_payload')(input),
      ...value(token.claims, 'additional_jwt_payload')(input),
    }),
    headers: value(token.headers, 'additional_jwt_headers'),
    times: ['iat', 'nbf', 'exp'],
    lifetimeMs: token.lifetimeMs,
    // A passphrase belongs to a PEM, which is no secret to encode.
    base64EncodeSecret: token.isEncoded && passphrase === '',
    shortSecret: true,
  })
  const secret = needed(token.secret, scope)
  return {
    strategy,
    settings: { secret, passphrase, ...Object.fromEntries(head) },
    names: { secret: token.secret.field, passphrase: token.passphrase?.field },
  }
}

function read(definition: JsonObject, { at, warn }: Where): Token {
  unknownMembers(definition, members, at).forEach(warn)
  const { algorithm, base64_encode_secret_key: isEncoded = false, request_option: option } = definition
  if (typeof algorithm !== 'string' || !algorithms.test(algorithm))
    throw invalid(
      below(at, 'algorithm'),
      'this must be an algorithm that signs, such as HS256, RS256 or ES256.',
    )
  if (typeof isEncoded !== 'boolean' && isEncoded !== null)
    throw invalid(below(at, 'base64_encode_secret_key'), 'this must be true or false.')
  const head = objectAt(definition, 'jwt_headers', at)
  const headers = objectAt(definition, 'additional_jwt_headers', at)
  const named = objectAt(definition, 'jwt_payload', at)
  const claims = objectAt(definition, 'additional_jwt_payload', at)
  unknownMembers(head, ['kid', 'typ', 'cty'], below(at, 'jwt_headers')).forEach(warn)
  unknownMembers(named, ['iss', 'sub', 'aud'], below(at, 'jwt_payload')).forEach(warn)
  refuse(Object.keys(headers), ['kid', 'alg', 'typ', 'cty'], below(at, 'additional_jwt_headers'))
  const times = ['iss', 'sub', 'aud', 'iat', 'exp', 'nbf']
  refuse(Object.keys(claims), times, below(at, 'additional_jwt_payload'))
  const part = (name: string): Text | undefined => optionalText(head, name, below(at, 'jwt_headers'))
  return {
    algorithm: algorithm as JwtAlgorithm,
    isEncoded: isEncoded === true,
    secret: textAt(definition, 'secret_key', at),
    passphrase: optionalText(definition, 'passphrase', at),
    prefix: optionalText(definition, 'header_prefix', at),
    lifetimeMs: seconds(definition['token_duration'] ?? 1200, below(at, 'token_duration')) * 1000,
    place:
      option === undefined || option === null
        ? undefined
        : requestOption(option, below(at, 'request_option'), warn),
    head: { kid: part('kid'), typ: part('typ') ?? optionalText({ typ: 'JWT' }, 'typ', at), cty: part('cty') },
    headers,
    named: pick(named, ['iss', 'sub', 'aud']),
    claims,
  }
}

function objectAt(definition: JsonObject, name: string, at: string): JsonObject {
  const value: unknown = definition[name] ?? {}
  checkTexts(value, below(at, name))
  return componentIn(value, below(at, name), name)
}

const pick = (of: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (isPresent(of[name]) ? [[name, of[name] as Json]] : [])))

const isPresent = (value: unknown): boolean => value !== undefined && value !== null

function seconds(value: unknown, at: string): number {
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value
  if (typeof count === 'number' && Number.isInteger(count) && count > 0) return count
  throw invalid(at, 'this must be a whole number of seconds.')
}
