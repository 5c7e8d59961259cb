import { connect } from '@latchkey/core'
import { custom } from '@latchkey/custom'

const origins = ['https://api.example.com']
const fields = {
  subdomain: { type: 'string', label: 'Subdomain', required: true },
  apiKey: { type: 'password', label: 'API key', required: true },
  region: { type: 'string', label: 'Region', choices: ['eu', 'us'] },
} as const

const extended = custom({
  fields,
  extendRequest: ({ settings }) => {
    const region: 'eu' | 'us' | undefined = settings.region
    // @ts-expect-error the form has no such field
    void settings.token
    return {
      headers: { authorization: `Bearer ${settings.apiKey}`, 'x-region': region },
      responseType: 'json',
    }
  },
  testRequest: async (request, { settings }) => request(`/accounts/${settings.subdomain}`),
})
connect(extended, { settings: { subdomain: 'acme', apiKey: 'k' }, origins })
// @ts-expect-error the key is required
connect(extended, { settings: { subdomain: 'acme' }, origins })
// @ts-expect-error a choice is one of its values
connect(extended, { settings: { subdomain: 'acme', apiKey: 'k', region: 'asia' }, origins })

// Credentials are named by acquire, refresh or authorize, which are written above what reads them.
custom({
  fields,
  acquire: async () => ({ token: 't' }),
  extendRequest: ({ auth }) => ({ headers: { authorization: auth.token } }),
})
custom({
  fields,
  acquire: async () => ({ token: 't' }),
  apply({ headers }, { credentials, settings }) {
    headers.set('authorization', credentials.token + settings.apiKey)
    // @ts-expect-error nobody earned that
    void credentials.session
  },
})
custom({
  fields,
  // @ts-expect-error nothing is earned here
  extendRequest: ({ auth }) => ({ headers: { authorization: String(auth.token) } }),
})

const template = custom({
  fields,
  request: { prefixUrl: 'https://{subdomain}.example.com', headers: { 'x-key': '{apiKey}' } },
})
connect(template, { settings: { subdomain: 'acme', apiKey: 'k' } })
// @ts-expect-error settings are inferred in this form too
connect(template, { settings: { apiKey: 'k' } })
// @ts-expect-error a template's header is text
custom({ fields, request: { headers: { 'x-key': 1 } } })
// @ts-expect-error one of the three forms is needed
custom({ fields })
// @ts-expect-error the forms exclude each other
custom({ fields, request: {}, extendRequest: () => ({}) })
// @ts-expect-error an extension has no body of its own
custom({ fields, extendRequest: () => ({ body: 'x' }) })
// @ts-expect-error fields are needed
custom({ extendRequest: () => ({}) })
