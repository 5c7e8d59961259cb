import { connect } from '@latchkey/core'
import { netsuite, oauth1 } from '@latchkey/oauth1'

const origins = ['https://api.example.com']
const consumer = { consumerKey: 'a', consumerSecret: 'b' }
const url = 'https://api.example.com/token'

connect(oauth1(), { settings: { ...consumer, token: 'c', tokenSecret: 'd' }, origins })
// @ts-expect-error the token is typed in
connect(oauth1(), { settings: consumer, origins })
connect(oauth1({ flow: 'one-legged' }), { settings: consumer, origins })
// @ts-expect-error there is no token
connect(oauth1({ flow: 'one-legged' }), { settings: { ...consumer, token: 'c' }, origins })

const rsa = oauth1({ signatureMethod: 'RSA-SHA1' })
connect(rsa, { settings: { consumerKey: 'a', privateKey: 'pem', token: 'c' }, origins })
// @ts-expect-error a key signs, and no secret
connect(rsa, { settings: { ...consumer, token: 'c', tokenSecret: 'd' }, origins })

const shop = oauth1({
  flow: 'three-legged',
  requestToken: url,
  authorize: url,
  accessToken: { url, method: 'GET', params: { scope: 'read' } },
  fields: {
    shop: { type: 'string', label: 'Shop', format: 'subdomain', required: true },
    consumerKey: { label: 'API key' },
  },
  realm: (settings) => {
    const text: string = settings.shop + settings.consumerKey
    return text
  },
})
const connection = connect(shop, { settings: { ...consumer, shop: 's' }, origins })
// @ts-expect-error the shop is required
connect(shop, { settings: consumer, origins })
void connection.credentials().then(({ token, tokenSecret, sessionHandle, values }) => {
  const kept: [string, string, string | undefined, Readonly<Record<string, string>> | undefined] = [
    token,
    tokenSecret,
    sessionHandle,
    values,
  ]
  return kept
})

connect(netsuite(), { settings: { ...consumer, token: 'c', tokenSecret: 'd', accountId: '1' } })
// @ts-expect-error the account is required
connect(netsuite(), { settings: { ...consumer, token: 'c', tokenSecret: 'd' } })

// @ts-expect-error there is no such method
oauth1({ signatureMethod: 'HMAC-MD5' })
// @ts-expect-error there is no such place
oauth1({ placement: 'body' })
// @ts-expect-error a field of one's own has a label and a type
oauth1({ fields: { shop: { help: 'h' } } })

oauth1({ realm: ({ consumerKey, token }) => `${consumerKey.length} ${token.length}` })
// @ts-expect-error with one leg there is no token
oauth1({ flow: 'one-legged', realm: (settings: { readonly token: string }) => settings.token })
oauth1({ test: ({ settings }) => Promise.resolve({ label: settings.tokenSecret.toUpperCase() }) })
