import { AuthError, completeField, guardField } from '@latchkey/core'
import type { CompletedField, Field, FieldGuard, Fields, FieldValue, PartialField } from '@latchkey/core'
import type { SignatureMethod } from './signature.ts'

/**
 * How a token is come by. `tokens`: somebody already has one and types it in. `one-legged`: there is none. `two-legged`: the
 * consumer fetches one. `three-legged`: a person grants one.
 */
export type Flow = 'tokens' | 'one-legged' | 'two-legged' | 'three-legged'

interface KeyField {
  readonly type: 'string'
  readonly label: string
  readonly required: true
}

interface SecretField {
  readonly type: 'password'
  readonly label: string
  readonly required: true
}

interface PemField extends SecretField {
  readonly multiline: true
}

const all: {
  readonly consumerKey: KeyField
  readonly consumerSecret: SecretField
  readonly privateKey: PemField
  readonly token: SecretField
  readonly tokenSecret: SecretField
} = {
  consumerKey: { type: 'string', label: 'Consumer key', required: true },
  consumerSecret: { type: 'password', label: 'Consumer secret', required: true },
  privateKey: { type: 'password', label: 'Private key', multiline: true, required: true },
  token: { type: 'password', label: 'Access token', required: true },
  tokenSecret: { type: 'password', label: 'Access token secret', required: true },
}

type All = typeof all
type IsRsa<M> = M extends `RSA-${string}` ? true : false

/** The form without options: what the signature method and the way to a token ask for. */
export type StandardFields<M extends SignatureMethod, W extends Flow> = {
  readonly [
    K in keyof All as K extends 'consumerKey'
      ? K
      : K extends 'token'
        ? W extends 'tokens'
          ? K
          : never
        : K extends 'privateKey'
          ? IsRsa<M> extends true
            ? K
            : never
          : IsRsa<M> extends true
            ? never
            : K extends 'tokenSecret'
              ? W extends 'tokens'
                ? K
                : never
              : K
  ]: All[K]
}

/** Fields beside the standard ones, and what is said otherwise of those. */
export type MoreFields = Readonly<Record<string, PartialField>>

type FieldOnly<T> = T extends Field ? T : never

type One<F, S, K> = K extends keyof S
  ? K extends keyof F
    ? CompletedField<F[K], FieldOnly<S[K]>>
    : S[K]
  : K extends keyof F
    ? F[K]
    : never

/** The form that comes out of it. */
export type Completed<F extends MoreFields, S> = {
  readonly [K in keyof F | keyof S]: FieldOnly<One<F, S, K>>
}

/** The settings as they come: what the form has besides is the connector's own affair. */
export type Settings = Readonly<Partial<Record<keyof All | (string & {}), FieldValue | undefined>>>

const id: FieldGuard = {
  // Encoded, each takes at most 6,144 characters of a header.
  pattern: '[\\x21-\\x7e]{1,2048}',
  patternHint: 'Give it without spaces, accents or invisible characters; it has at most 2,048 characters.',
}
const secret: FieldGuard = {
  pattern: '[^\\p{Cc}\\p{Cs}]{1,2048}',
  patternHint: 'It has no line breaks or other control characters, and at most 2,048 characters.',
}
const guards: Readonly<Record<string, FieldGuard | undefined>> = {
  consumerKey: id,
  token: id,
  consumerSecret: secret,
  tokenSecret: secret,
}

const fits: Readonly<Record<string, RegExp | undefined>> = Object.fromEntries(
  Object.entries(guards).map(([name, guard]) => [name, new RegExp(`^${guard?.pattern ?? ''}$`, 'u')]),
)

/** The form, its own fields first. In a flow with a token endpoint the consumer is the operator's application. */
export function formOf(method: SignatureMethod, flow: Flow, more: MoreFields): Fields {
  const rsa = method.startsWith('RSA')
  const names = ['consumerKey', rsa ? 'privateKey' : 'consumerSecret'] as (keyof All)[]
  if (flow === 'tokens') names.push('token', ...(rsa ? [] : (['tokenSecret'] as const)))
  const owned = flow === 'three-legged' ? ({ owner: 'app' } as const) : {}
  const form = { ...more, ...Object.fromEntries(names.map((name) => [name, more[name] ?? {}])) }
  return Object.fromEntries(
    Object.entries(form).map(([name, field]) => {
      const known = names.find((one) => one === name)
      if (known === undefined) return [name, field as Field]
      return [name, guardField(completeField(field, { ...all[known], ...owned }), guards[name])]
    }),
  )
}

/**
 * A field as it can be sent; undefined where the form does not ask for it, or does not insist.
 * @throws {AuthError} settings_invalid
 */
export function textOf(settings: Settings, fields: Fields, name: keyof All): string | undefined {
  const text = String(settings[name] ?? '')
  if (text === '' && fields[name]?.required !== true) return undefined
  if (text !== '' && fits[name]?.test(text) !== false) return text
  const problem = text === '' ? 'is empty' : `cannot be sent. ${guards[name]?.patternHint ?? ''}`
  throw new AuthError('settings_invalid', `Field "${name}" ${problem}`, { scheme: 'oauth1', field: name })
}
