import type { AllOfCredentials } from '../src/all-of/part.ts'
import { allOf } from '../src/all-of.ts'
import type { SettingsOfStrategy } from '../src/connector.ts'
import { options } from '../src/options.ts'
import { defineStrategy, type Credentials, type CredentialsOf, type InputOf } from '../src/strategy.ts'
import { holds, type Equal } from './equal.ts'

const apiKey = defineStrategy({
  scheme: 'key',
  fields: { apiKey: { label: 'Key', type: 'password', required: true } },
  apply() {},
})
const bearer = defineStrategy({
  scheme: 'bearer',
  fields: {
    token: { label: 'Token', type: 'password', required: true },
    prefix: { label: 'Prefix', type: 'string', default: 'Bearer' },
  },
  apply() {},
})
interface Session extends Credentials {
  readonly session: string
}
const login = defineStrategy<Session>()({
  scheme: 'login',
  fields: { user: { label: 'User', type: 'string', required: true } },
  apply() {},
  acquire: async () => ({ session: '' }),
})

// The parts' fields are one form.
const two = allOf(apiKey, bearer)
holds<
  Equal<
    SettingsOfStrategy<typeof two>,
    { readonly apiKey: string; readonly token: string; readonly prefix: string }
  >
>()
holds<
  Equal<
    InputOf<typeof two>,
    { readonly apiKey: string; readonly token: string; readonly prefix?: string | undefined }
  >
>()
holds<Equal<CredentialsOf<typeof two>, undefined>>()
// @ts-expect-error the second part's field is missing
export const half: InputOf<typeof two> = { apiKey: 'k' }

// Named parts put their name before their fields.
const named = allOf({ app: apiKey, user: apiKey })
holds<
  Equal<SettingsOfStrategy<typeof named>, { readonly 'app.apiKey': string; readonly 'user.apiKey': string }>
>()
// @ts-expect-error without its name
export const bare: InputOf<typeof named> = { apiKey: 'k' }

// Where a part earns something there is an entry for each.
const earning = allOf({ app: apiKey, user: login })
holds<Equal<CredentialsOf<typeof earning>, AllOfCredentials>>()

// A selector among the parts keeps its union.
const chosen = allOf(options({ key: apiKey, login }, { default: 'key' }), bearer)
export const inputs: InputOf<typeof chosen>[] = [
  { apiKey: 'k', token: 't' },
  { option: 'login', user: 'u', token: 't' },
]
// @ts-expect-error the option's field is missing
export const lacking: InputOf<typeof chosen> = { option: 'login', token: 't' }
const prefixed = allOf({ app: options({ key: apiKey, login }), user: bearer })
export const long: InputOf<typeof prefixed> = { 'app.option': 'key', 'app.apiKey': 'k', 'user.token': 't' }

// @ts-expect-error at least one strategy
allOf()
