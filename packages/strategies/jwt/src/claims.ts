import { AuthError, type Json } from '@latchkey/core'
import { jsonSlotNames, renderJson, renderOptional } from '@latchkey/core/http'
import type { Members } from './key.ts'
import { requestSlots, type SignedRequest } from './request.ts'

/** The claims that say when; `iat` and `nbf` are now, `exp` is now and the lifetime. RFC 7519 section 4.1. */
export type Time = 'iat' | 'nbf' | 'exp'

/** What a function of claims or headers is given. */
export interface ClaimsInput<S> {
  readonly settings: S
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Cryptographically random bytes. */
  readonly random: (length: number) => Uint8Array
  /** The request that the token is for; only where each request has one of its own. */
  readonly request?: SignedRequest | undefined
}

/** Members as a template, or as a function. */
export type MembersOption<S> =
  { readonly [name: string]: Json } | ((input: ClaimsInput<S>) => Members | Promise<Members>)

/** Texts with slots: `{account}` is the setting of that name, `{random}` 32 random hexadecimal digits, `{request.…}` a part of the request. */
export interface TokenText<S> {
  readonly iss?: string | undefined
  readonly sub?: string | undefined
  readonly aud?: string | readonly string[] | undefined
  /** True: 32 random hexadecimal digits. */
  readonly jti?: true | string | undefined
  readonly kid?: string | undefined
  /** False: none. Default 'JWT'. */
  readonly typ?: string | false | undefined
  readonly cty?: string | undefined
  /** Other claims: a template whose texts have slots at any depth, or a function. */
  readonly claims?: MembersOption<S> | undefined
  /** Other members of the header. */
  readonly headers?: MembersOption<S> | undefined
  /** Default `['iat', 'exp']`. */
  readonly times?: readonly Time[] | undefined
}

/** A token's text that has been checked. */
export interface Claims {
  /** The slots that the templates have. */
  readonly slots: ReadonlySet<string>
  members(input: ClaimsInput<never>, values: Readonly<Record<string, unknown>>): Parts | Promise<Parts>
}

interface Parts {
  readonly header: Members
  readonly payload: Members
}

type Template = Readonly<Record<string, Json>>

const ownHeaders = ['alg', 'b64', 'crit', 'kid', 'typ', 'cty']
const timeClaims = ['iat', 'nbf', 'exp']

/**
 * Checks what a token says. `isOptional` says of a slot whether it may be left out.
 * @throws {TypeError} for a member that is said twice or that is ours to say
 */
export function claimsOf(text: TokenText<never>, isOptional: (name: string) => boolean): Claims {
  const { iss, sub, aud, jti, kid, typ = 'JWT', cty, claims = {}, headers = {} } = text
  const named = given({ iss, sub, aud, jti: jti === true ? '{random}' : jti }) as Template
  const head = given({ typ: typ === false ? undefined : typ, kid, cty }) as Template
  const templates = [named, head, ...[claims, headers].filter((each) => typeof each !== 'function')]
  refuse('claims', claims, [...timeClaims, ...Object.keys(named)])
  refuse('headers', headers, ownHeaders)

  const fill = (template: Template, values: Readonly<Record<string, unknown>>, asText: boolean): Members =>
    Object.fromEntries(
      Object.entries(template).map(([name, value]) => [
        name,
        // RFC 7519 section 4.1, RFC 7515 section 4.1.4: these are texts, whatever type the field has.
        asText && typeof value === 'string'
          ? renderOptional(value, values, isOptional)
          : renderJson(value, values, isOptional),
      ]),
    )
  return {
    slots: new Set(templates.flatMap((template) => jsonSlotNames(template as Template))),
    members(input, values) {
      const extra = (
        option: MembersOption<never>,
        what: 'claims' | 'headers',
      ): Members | Promise<Members> => {
        if (typeof option !== 'function') return fill(option, values, false)
        const made = option(input)
        const ours = what === 'claims' ? [...timeClaims, ...Object.keys(named)] : ownHeaders
        return made instanceof Promise
          ? made.then((late) => checked(late, ours, what))
          : checked(made, ours, what)
      }
      const parts = (more: Members, heads: Members): Parts => ({
        header: { ...fill(head, values, true), ...heads },
        payload: { ...fill(named, values, true), ...more },
      })
      const [more, heads] = [extra(claims, 'claims'), extra(headers, 'headers')]
      return more instanceof Promise || heads instanceof Promise
        ? Promise.all([more, heads]).then(([late, lateHeads]) => parts(late, lateHeads))
        : parts(more, heads)
    },
  }
}

/** The moments of a token, in whole seconds. RFC 7519 section 2: NumericDate. */
export function timesOf(times: readonly Time[], now: number, lifetimeMs: number): Members {
  const at = Math.floor(now / 1000)
  const moments = { iat: at, nbf: at, exp: at + Math.floor(lifetimeMs / 1000) }
  return Object.fromEntries(times.map((name) => [name, moments[name]]))
}

/** Whether the slots speak of the request. */
export const speaksOfRequest = (slots: ReadonlySet<string>): boolean =>
  requestSlots.some((name) => slots.has(name))

function given(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

function refuse(option: string, members: MembersOption<never>, ours: readonly string[]): void {
  const name = typeof members === 'function' ? undefined : ours.find((each) => Object.hasOwn(members, each))
  if (name !== undefined)
    throw new TypeError(`jwt: ${option} must not have "${name}", which an option of its own says`)
}

function checked(members: Members, ours: readonly string[], option: string): Members {
  const name = ours.find((each) => Object.hasOwn(members, each))
  if (name === undefined) return members
  throw new AuthError(
    'definition_invalid',
    `jwt: ${option} returned "${name}", which an option of its own says`,
  )
}
