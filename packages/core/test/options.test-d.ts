import type { SettingsOfStrategy } from '../src/connector.ts'
import { none } from '../src/none.ts'
import { options } from '../src/options.ts'
import { defineStrategy, type Credentials, type CredentialsOf, type InputOf } from '../src/strategy.ts'
import { holds, type Equal } from './equal.ts'

interface Token extends Credentials {
  readonly token: string
}
const apiKey = defineStrategy({
  scheme: 'key',
  fields: { apiKey: { label: 'Key', type: 'password', required: true } },
  apply() {},
})
const login = defineStrategy<Token>()({
  scheme: 'login',
  fields: {
    user: { label: 'User', type: 'string', required: true },
    password: { label: 'Password', type: 'password' },
    realm: { label: 'Realm', type: 'string', default: 'main' },
  },
  apply() {},
  acquire: async () => ({ token: '' }),
})

// Settings are a union by the discriminator, with what is common in every branch.
const both = options(
  { key: apiKey, login: { strategy: login, title: 'Log in' }, open: none() },
  {
    default: 'key',
    fields: { region: { label: 'Region', type: 'string', choices: ['eu', 'us'], required: true } },
    async test(c) {
      if (c.settings.option === 'key') void c.settings.apiKey.length
      // @ts-expect-error the key belongs to another option
      else void c.settings.apiKey
      return { id: c.settings.region }
    },
  },
)
holds<
  Equal<
    SettingsOfStrategy<typeof both>,
    | { readonly option: 'key'; readonly apiKey: string; readonly region: 'eu' | 'us' }
    | {
        readonly option: 'login'
        readonly user: string
        readonly realm: string
        readonly password?: string | undefined
        readonly region: 'eu' | 'us'
      }
    | { readonly option: 'open'; readonly region: 'eu' | 'us' }
  >
>()
holds<Equal<CredentialsOf<typeof both>, Token | undefined>>()

type Input = InputOf<typeof both>
export const inputs: Input[] = [
  { option: 'key', apiKey: 'k', region: 'eu' },
  // The default option need not be named, and what has a default not be given.
  { apiKey: 'k', region: 'us' },
  { option: 'login', user: 'u', region: 'eu' },
  { option: 'open', region: 'eu' },
]
// @ts-expect-error an option without its field
export const lacking: Input = { option: 'login', region: 'eu' }
// @ts-expect-error not an option
export const unknown: Input = { option: 'cookie', region: 'eu' }
// @ts-expect-error only the default may be left unnamed
export const unnamed: Input = { user: 'u', region: 'eu' }

// Without a default the option must be named.
const plain = options({ key: apiKey, login })
// @ts-expect-error no default
export const missing: InputOf<typeof plain> = { apiKey: 'k' }
// @ts-expect-error not one of the options
options({ key: apiKey }, { default: 'kye' })

// An option's own fields are added, and win over common ones; a discriminator of another name is typed.
const wide = options(
  { key: { strategy: apiKey, fields: { shop: { label: 'Shop', type: 'number', required: true } } }, login },
  { discriminator: 'how', fields: { shop: { label: 'Shop', type: 'string', required: true } } },
)
export const shops: InputOf<typeof wide>[] = [
  { how: 'key', apiKey: 'k', shop: 1 },
  { how: 'login', user: 'u', shop: 'acme' },
]
// @ts-expect-error the option's own field is a number
export const shop: InputOf<typeof wide> = { how: 'key', apiKey: 'k', shop: 'acme' }

// Selectors nest.
const nested = options({ token: apiKey, account: both }, { discriminator: 'kind' })
export const deep: InputOf<typeof nested>[] = [
  { kind: 'token', apiKey: 'k' },
  { kind: 'account', option: 'login', user: 'u', region: 'eu' },
  { kind: 'account', apiKey: 'k', region: 'eu' },
]
// @ts-expect-error the inner option's field is missing
export const shallow: InputOf<typeof nested> = { kind: 'account', option: 'login', region: 'eu' }
