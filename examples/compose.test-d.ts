import { apiKey } from '@latchkey/api-key'
import { awsSigV4 } from '@latchkey/aws-sigv4'
import { basic } from '@latchkey/basic'
import { bearer } from '@latchkey/bearer'
import { connect, options } from '@latchkey/core'
import { digest } from '@latchkey/digest'
import { hawk } from '@latchkey/hmac'
import { jwt } from '@latchkey/jwt'
import { oauth1 } from '@latchkey/oauth1'
import { oauth2 } from '@latchkey/oauth2'
import { session } from '@latchkey/session'

// Every strategy keeps the types of its settings inside a selector.
const auth = options({
  key: apiKey({ in: 'header', name: 'x-key' }),
  basic: basic(),
  bearer: bearer(),
  digest: digest(),
  hawk: hawk(),
  jwt: jwt({ algorithm: 'HS256' }),
  oauth1: oauth1(),
  oauth2: oauth2({ grant: 'client_credentials', tokenUrl: 'https://api.example.com/token' }),
  aws: awsSigV4(),
  session: session({
    fields: { pin: { type: 'password', label: 'PIN', required: true } },
    login: { url: 'https://api.example.com/login', take: { token: { json: 'token' } } },
  }),
})
const origins = ['https://api.example.com']

export const right = [
  connect(auth, { origins, settings: { option: 'key', apiKey: 'k' } }),
  connect(auth, { origins, settings: { option: 'basic', username: 'u', password: 'p' } }),
  connect(auth, { origins, settings: { option: 'bearer', token: 't' } }),
  connect(auth, { origins, settings: { option: 'digest', username: 'u', password: 'p' } }),
  connect(auth, { origins, settings: { option: 'session', pin: '1' } }),
  connect(auth, { origins, settings: { option: 'aws', accessKeyId: 'a', secretAccessKey: 's' } }),
]

export const wrong = [
  // @ts-expect-error -- the key is missing
  connect(auth, { origins, settings: { option: 'key' } }),
  // @ts-expect-error -- a user name is missing
  connect(auth, { origins, settings: { option: 'digest' } }),
  // @ts-expect-error -- the PIN is missing
  connect(auth, { origins, settings: { option: 'session' } }),
  // @ts-expect-error -- a secret is missing
  connect(auth, { origins, settings: { option: 'aws', accessKeyId: 'a' } }),
  // @ts-expect-error -- what Hawk signs with is missing
  connect(auth, { origins, settings: { option: 'hawk' } }),
  // @ts-expect-error -- a secret is missing
  connect(auth, { origins, settings: { option: 'jwt' } }),
  // @ts-expect-error -- what OAuth 1 signs with is missing
  connect(auth, { origins, settings: { option: 'oauth1' } }),
]
