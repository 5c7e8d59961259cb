import {
  defineStrategy,
  type AuthStrategy,
  type CredentialsOf,
  type InputOf,
  type Unnamed,
} from '../src/strategy.ts'
import type { Condition, SettingsInput, SettingsOf } from '../src/fields/field.ts'
import { none } from '../src/none.ts'
import type { SettingsOfStrategy } from '../src/connector.ts'
import { holds, type Equal } from './equal.ts'

// Required fields and fields with a default are present, the others optional.
const fields = {
  key: { label: 'Key', type: 'password', required: true },
  note: { label: 'Note', type: 'string' },
  region: { label: 'Region', type: 'string', choices: ['eu', { value: 'us', label: 'USA' }], default: 'eu' },
  limit: { label: 'Limit', type: 'number', required: true },
  sandbox: { label: 'Sandbox', type: 'boolean', default: false },
  proxy: { label: 'Proxy', type: 'string', required: true, when: { field: 'sandbox', is: true } },
  account: { label: 'Account', type: 'string', required: true, choices: async () => ['a'] },
  later: { label: 'Later', type: 'string', required: { field: 'sandbox', is: true } },
} as const
holds<
  Equal<
    SettingsOf<typeof fields>,
    {
      readonly key: string
      readonly region: 'eu' | 'us'
      readonly limit: number
      readonly sandbox: boolean
      readonly note?: string | undefined
      readonly proxy?: string | undefined
      readonly account?: string | undefined
      readonly later?: string | undefined
    }
  >
>()

// A caller may leave out what has a default.
holds<
  Equal<
    SettingsInput<typeof fields>,
    {
      readonly key: string
      readonly limit: number
      readonly note?: string | undefined
      readonly region?: 'eu' | 'us' | undefined
      readonly sandbox?: boolean | undefined
      readonly proxy?: string | undefined
      readonly account?: string | undefined
      readonly later?: string | undefined
    }
  >
>()

// A condition speaks of one field, or joins conditions.
export const conditions: Condition[] = [
  { field: 'a', is: 'x' },
  { field: 'a', isNot: ['x', 1, false] },
  { all: [{ any: [{ field: 'a', is: true }] }] },
]
// @ts-expect-error a condition compares with values, not with other conditions
export const wrong: Condition = { field: 'a', is: { field: 'b' } }

// Settings are inferred from the fields wherever these stand; credentials from the first verb that earns them.
interface Token {
  readonly token: string
  readonly expiresAt: number
}
const session = defineStrategy({
  scheme: 'session',
  async acquire(c): Promise<Token> {
    return { token: c.settings.user, expiresAt: 0 }
  },
  apply(request, c) {
    request.headers.set('x-session', c.credentials.token)
    // @ts-expect-error no such field
    void c.settings.pasword
    // @ts-expect-error no such credential
    void c.credentials.tokn
  },
  fields: { user: { label: 'User', type: 'string', required: true } },
})
holds<Equal<SettingsOfStrategy<typeof session>, { readonly user: string }>>()
holds<Equal<InputOf<typeof session>, { readonly user: string }>>()
holds<Equal<CredentialsOf<typeof session>, Token>>()

// An apply above the verb that earns is told what to do, by the name of the one member that it finds.
export const early = defineStrategy({
  scheme: 'early',
  fields: {},
  apply(request, c) {
    // @ts-expect-error write acquire, refresh and authorize above apply, or name the type
    request.headers.set('x-session', c.credentials.token)
  },
  // @ts-expect-error the same advice, for what it earns
  async acquire(c): Promise<Token> {
    return { token: '', expiresAt: c.now() }
  },
})
type Advice =
  'write acquire, refresh and authorize above apply, or name the type: defineStrategy<MyCredentials>()({ … })'
holds<Equal<Exclude<keyof Unnamed, 'expiresAt'>, Advice>>()

// Credentials that are named take the members in any order.
export const named = defineStrategy<Token>()({
  scheme: 'named',
  fields: { user: { label: 'User', type: 'string', required: true } },
  apply(request, c) {
    request.headers.set('x-session', c.credentials.token + c.settings.user)
  },
  async acquire() {
    return { token: '', expiresAt: 0 }
  },
})
holds<Equal<CredentialsOf<typeof named>, Token>>()
export const other = defineStrategy<Token>()({
  scheme: 'other',
  fields: {},
  apply() {},
  // @ts-expect-error acquire earns something else than what was named
  acquire: async () => ({ tokn: 1 }),
})

// A strategy that earns nothing has no credentials.
const key = defineStrategy({
  scheme: 'key',
  fields: { key: { label: 'Key', type: 'password', required: true } },
  apply(request, c) {
    request.headers.set('x-key', c.settings.key)
  },
})
holds<Equal<CredentialsOf<typeof key>, undefined>>()

// No authentication asks for nothing.
const nothing = none()
declare function give<A extends AuthStrategy>(auth: A, settings: InputOf<A>): void
give(nothing, {})
holds<Equal<CredentialsOf<typeof nothing>, undefined>>()

// A strategy that is only annotated still types what a caller gives.
declare const annotated: AuthStrategy<{ readonly token: string }, undefined>
holds<Equal<InputOf<typeof annotated>, { readonly token: string }>>()
