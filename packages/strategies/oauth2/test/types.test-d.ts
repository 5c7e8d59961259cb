import { connect } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

const origins = ['https://api.example.com']
const tokenUrl = 'https://as.example.com/token'

const auth = oauth2({
  tokenUrl,
  fields: {
    subdomain: { type: 'string', label: 'Subdomain', required: true },
    site: { type: 'string', label: 'Site', choices: ({ http }) => http.get('sites').json<string[]>() },
    clientId: { label: 'App key' },
  },
  extendRequest: ({ settings, auth: { accessToken } }) => {
    const subdomain: string = settings.subdomain
    // @ts-expect-error -- asked after signing in: it may be missing
    const site: string = settings.site
    return { headers: { authorization: accessToken, 'x-site': `${subdomain} ${site}` } }
  },
  test: ({ settings }) => {
    const id: string | undefined = settings.clientId
    return Promise.resolve({ id, label: settings.subdomain })
  },
})

const connection = connect(auth, {
  origins,
  settings: { subdomain: 'acme', clientId: 'a', clientSecret: 'b' },
})
const token: string | undefined = (await connection.credentials()).accessToken

// @ts-expect-error -- a field of one's own that is required
connect(auth, { origins, settings: { clientId: 'a' } })
// @ts-expect-error -- no such field
connect(oauth2({ tokenUrl }), { origins, settings: { clientld: 'a' } })
connect(oauth2({ tokenUrl }), { origins, settings: {}, credentials: { accessToken: 'a' } })
// @ts-expect-error -- credentials of another kind
connect(oauth2({ tokenUrl }), { origins, settings: {}, credentials: { token: 'a' } })
// @ts-expect-error -- no such grant; any other is an object
oauth2({ tokenUrl, grant: 'implicit' })
oauth2({ tokenUrl, grant: { type: 'account_credentials' } })

export { token }
