import { completeField, type Field, type Fields, type TextField } from '@latchkey/core'
import type { StandardField } from './options.ts'
import type { Plan } from './plan.ts'

const app = { owner: 'app', required: true } as const
const url = { type: 'string', format: 'url', public: true, ...app } as const
const secret = { type: 'password', ...app } as const

const standard: Readonly<Record<StandardField, TextField>> = {
  authorizationUrl: { ...url, label: 'Authorization URL' },
  tokenUrl: { ...url, label: 'Token URL' },
  revocationUrl: { ...url, label: 'Revocation URL', required: false },
  clientId: { type: 'string', label: 'Client ID', public: true, ...app },
  clientSecret: { ...secret, label: 'Client secret', keepsGrant: true },
  privateKey: {
    ...secret,
    label: 'Private key',
    help: 'A private key in PEM, or a JWK.',
    multiline: true,
    keepsGrant: true,
  },
  username: { type: 'string', label: 'User name', required: true },
  password: { type: 'password', label: 'Password', required: true },
  issuer: { type: 'string', label: 'Issuer', public: true, help: 'Who signs; a JSON key says it itself.' },
  subject: { type: 'string', label: 'On behalf of', public: true },
  subjectToken: { type: 'password', label: 'Token to be exchanged', required: true, multiline: true },
  refreshToken: { type: 'password', label: 'Refresh token', required: true },
  actorToken: { type: 'password', label: 'Token of the one who acts', required: true, multiline: true },
}

/** The fields of a strategy: yours in your order, then those standard ones that this way of signing in needs. */
export function fieldsFor(plan: Plan): Fields {
  const { options } = plan
  const given = options.fields ?? {}
  const nameOf = (name: StandardField): string => options.fieldNames?.[name] ?? name
  const needed = needs(plan).map(([name, more]): [string, Field] => {
    const field = { ...standard[name], ...more }
    const own = given[name] ?? given[nameOf(name)]
    return [nameOf(name), own === undefined ? field : completeField(own, field)]
  })
  const names = new Set<string>(needs(plan).map(([name]) => name))
  const yours = Object.entries(given).filter(([name]) => !names.has(name))
  return { ...(Object.fromEntries(yours) as Fields), ...Object.fromEntries(needed) }
}

type Need = readonly [name: StandardField, more?: Partial<TextField>]

function needs({ options, grant, method }: Plan): Need[] {
  const { clientId, registration, clientMetadataUrl, exchange, assertion } = options
  const talks = ['tokenUrl', 'issuer', 'protectedResource', 'managed', 'refreshAccessToken'].some(
    (name) => options[name as keyof typeof options] !== undefined,
  )
  const optional = registration === undefined && clientMetadataUrl === undefined ? {} : { required: false }
  const consents = options.authorizationUrl !== undefined || options.issuer !== undefined
  const hasClient = talks && (method !== 'none' || grant !== 'jwt_bearer') && clientId === undefined
  const hasSecret = talks && method.startsWith('client_secret')
  return [
    ...(options.managed && grant === 'authorization_code' ? [['authorizationUrl'] as const] : []),
    ...(options.managed ? ([['tokenUrl'], ['revocationUrl']] as const) : []),
    ...(hasClient ? [['clientId', optional] as const] : []),
    ...(hasSecret ? [['clientSecret', optional] as const] : []),
    ...(method === 'private_key_jwt' ? [['privateKey'] as const] : []),
    ...(grant === 'jwt_bearer' && method !== 'private_key_jwt'
      ? [['privateKey', { owner: 'user', label: 'Private key', help: keyHelp } as const] as const]
      : []),
    ...(grant === 'jwt_bearer' && assertion?.issuer === undefined ? [['issuer'] as const] : []),
    ...(grant === 'jwt_bearer' && assertion?.subject === undefined ? [['subject'] as const] : []),
    ...(grant === 'password' ? ([['username'], ['password']] as const) : []),
    ...(grant === 'token_exchange' ? [['subjectToken'] as const] : []),
    ...(grant === 'refresh_token' ? [['refreshToken', consents ? { required: false } : {}] as const] : []),
    ...(grant === 'token_exchange' && exchange?.actorTokenType !== undefined
      ? [['actorToken'] as const]
      : []),
  ]
}

const keyHelp = 'The JSON file of the service account as it was downloaded, or a private key in PEM.'
