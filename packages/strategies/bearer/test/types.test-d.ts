import { connect } from '@latchkey/core'
import { bearer } from '@latchkey/bearer'

const origins = ['https://api.example.com']

connect(bearer(), { settings: { token: 't' }, origins })
// @ts-expect-error the token is required
connect(bearer(), { settings: {}, origins })
// @ts-expect-error the token is text
connect(bearer(), { settings: { token: 1 }, origins })
// @ts-expect-error there is no such field
connect(bearer(), { settings: { token: 't', apiKey: 'k' }, origins })

const okta = bearer({
  prefix: 'SSWS',
  fields: { domain: { type: 'string', label: 'Domain', required: true }, token: { help: 'Security → API' } },
  async test({ settings }) {
    const both: string = settings.domain + settings.token
    return { label: both }
  },
})
connect(okta, { settings: { domain: 'acme', token: 't' }, origins })
// @ts-expect-error the domain is required
connect(okta, { settings: { token: 't' }, origins })

// @ts-expect-error the form has a field "token"
bearer({ fields: { key: { label: 'Key' } } })
// @ts-expect-error a prefix is text
bearer({ prefix: false })
// @ts-expect-error there is no such option
bearer({ name: 'x-token' })
// @ts-expect-error a field that is not the token has label and type
bearer({ fields: { domain: { help: 'h' }, token: {} } })
