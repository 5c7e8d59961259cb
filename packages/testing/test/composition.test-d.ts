import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { bearer } from '@latchkey/bearer'
import { allOf, connect, options } from '@latchkey/core'
import { custom } from '@latchkey/custom'

// A strategy that is made inside of options() or allOf() has the same settings as one that is made before.

const text = { type: 'string', label: 'Text', required: true } as const
const any = options({
  token: bearer(),
  region: bearer({ fields: { token: { label: 'Token' }, region: text } }),
  key: apiKey({ in: 'header', name: 'x-key' }),
  two: apiKey({ in: 'header', name: 'x-key', fields: { id: { label: 'Key id' } } }),
  login: basic(),
  email: basic({ username: '{email}', password: '', fields: { email: text } }),
  own: custom({
    fields: { own: text },
    extendRequest: ({ settings }) => ({ headers: { own: settings.own } }),
  }),
})

connect(any, { settings: { option: 'token', token: 't' } })
connect(any, { settings: { option: 'region', token: 't', region: 'r' } })
connect(any, { settings: { option: 'key', apiKey: 'k' } })
connect(any, { settings: { option: 'two', id: 'i' } })
connect(any, { settings: { option: 'login', username: 'u', password: 'p' } })
connect(any, { settings: { option: 'email', email: 'e' } })
connect(any, { settings: { option: 'own', own: 'o' } })

// @ts-expect-error the token is required
connect(any, { settings: { option: 'token' } })
// @ts-expect-error the region is required
connect(any, { settings: { option: 'region', token: 't' } })
// @ts-expect-error the field has another name here
connect(any, { settings: { option: 'key', id: 'k' } })
// @ts-expect-error the field has another name here
connect(any, { settings: { option: 'two', apiKey: 'k' } })
// @ts-expect-error the password is required
connect(any, { settings: { option: 'login', username: 'u' } })
// @ts-expect-error the field has another name here
connect(any, { settings: { option: 'email', username: 'u' } })
// @ts-expect-error there is no such field
connect(any, { settings: { option: 'own', other: 'o' } })

const both = allOf(apiKey({ in: 'header', name: 'x-key' }), bearer())
connect(both, { settings: { apiKey: 'k', token: 't' } })
// @ts-expect-error the token is required
connect(both, { settings: { apiKey: 'k' } })
