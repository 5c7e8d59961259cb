import { connect } from '@latchkey/core'
import { akamaiEdgeGrid, binance, coinbase, hawk, hmac, httpSignature, wsse } from '@latchkey/hmac'

const origins = ['https://api.example.com']
const described = { message: '{method}', headers: { s: '{signature}' } } as const

connect(hmac(described), { settings: { keyId: 'k', secret: 's' }, origins })
// @ts-expect-error the secret is required
connect(hmac(described), { settings: { keyId: 'k' }, origins })

const own = hmac({
  ...described,
  fields: {
    app: { type: 'string', label: 'App', required: true },
    token: { type: 'password', label: 'Token' },
  },
  secret: 'token',
  async test({ settings }) {
    const app: string = settings.app
    return { label: app }
  },
})
connect(own, { settings: { app: 'a', token: 't' }, origins })
// @ts-expect-error the form has no such field
connect(own, { settings: { app: 'a', keyId: 'k' }, origins })
// @ts-expect-error the secret is one of the fields
hmac({ ...described, fields: { token: { type: 'password', label: 'Token' } }, secret: 'key' })
// @ts-expect-error something must be signed
hmac({ headers: { s: '{signature}' } })

connect(coinbase(), { settings: { key: 'k', secret: 's', passphrase: 'p' }, origins })
// @ts-expect-error Coinbase has a passphrase
connect(coinbase(), { settings: { key: 'k', secret: 's' }, origins })
connect(binance(), { settings: { apiKey: 'k', secretKey: 's' }, origins })
connect(akamaiEdgeGrid(), { settings: { clientToken: 'c', accessToken: 'a', clientSecret: 's' }, origins })
connect(wsse(), { settings: { username: 'u', password: 'p' }, origins })
connect(hawk(), { settings: { id: 'i', key: 'k' }, origins })

connect(httpSignature({ algorithm: 'hmac-sha256' }), { settings: { keyId: 'k', secret: 's' }, origins })
connect(httpSignature({ algorithm: 'ed25519' }), { settings: { keyId: 'k', privateKey: 'p' }, origins })
// @ts-expect-error a private key signs
connect(httpSignature({ algorithm: 'ed25519' }), { settings: { keyId: 'k', secret: 's' }, origins })
// @ts-expect-error the algorithm is chosen in code
httpSignature({})
