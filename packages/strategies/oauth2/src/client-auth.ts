import { AuthError } from '@latchkey/core'
import { secretKey, signingKey, signJwt } from '@latchkey/core/crypto'
import { base64Encode, base64urlEncode, headerValue } from '@latchkey/core/http'
import type { RegisteredClient } from './credentials.ts'
import type { ClientAuth, Context } from './options.ts'
import { settingOf, type Plan } from './plan.ts'

/** Who asks. */
export interface Client {
  readonly id: string | undefined
  readonly secret: string | undefined
  readonly method: ClientAuth
}

/** What a client's proof adds to a request. */
export interface Proof {
  readonly params: Readonly<Record<string, string | undefined>>
  readonly authorization?: string | undefined
}

/** The client of a connection: the operator's, else the one that was registered for it. */
export function clientOf(plan: Plan, c: Pick<Context, 'settings'>, registered?: RegisteredClient): Client {
  const own = plan.options.clientId ?? settingOf(plan, c.settings, 'clientId')
  if (own === undefined && registered !== undefined) {
    const { clientId: id, clientSecret: secret, clientAuth } = registered
    return { id, secret, method: (clientAuth ?? (secret === undefined ? 'none' : plan.method)) as ClientAuth }
  }
  const secret = settingOf(plan, c.settings, 'clientSecret')
  // A client that has no secret is public, whatever the others have.
  const method = secret === undefined && plan.method.startsWith('client_secret') ? 'none' : plan.method
  return { id: own, secret, method }
}

/**
 * The proof of a client for one request, in exactly one way. `audience` is the `aud` of an assertion.
 * @throws {AuthError} settings_invalid for what cannot be sent or cannot sign
 */
export async function proveClient(plan: Plan, c: Context, client: Client, audience: string): Promise<Proof> {
  const { id, secret, method } = client
  if (id === undefined) return { params: {} }
  switch (method) {
    case 'client_secret_post':
      return { params: { client_id: id, client_secret: secret } }
    case 'client_secret_basic':
      return { params: {}, authorization: basic(formEncoded(id), formEncoded(secret ?? '')) }
    case 'client_secret_basic_raw':
      if (id.includes(':'))
        throw new AuthError('settings_invalid', 'clientId must not contain a colon', { field: 'clientId' })
      return { params: {}, authorization: basic(id, secret ?? '') }
    case 'private_key_jwt':
    case 'client_secret_jwt':
      return { params: await assertion(plan, c, client, audience) }
    default:
      // RFC 8705 section 2: with mutual TLS, and without any proof, the id alone says who asks.
      return { params: { client_id: id } }
  }
}

/** RFC 6749 section 2.3.1 and appendix B: form-encoded, unlike encodeURIComponent. */
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

const basic = (id: string, secret: string): string =>
  headerValue(`Basic ${base64Encode(`${id}:${secret}`)}`, 'clientSecret')

/** RFC 7523 section 3, with the one audience that its update wants. */
async function assertion(
  plan: Plan,
  c: Context,
  { id, secret, method }: Client,
  audience: string,
): Promise<Proof['params']> {
  const { clientAlgorithm, clientKeyId } = plan.options
  const field = plan.options.fieldNames?.privateKey ?? 'privateKey'
  const key =
    method === 'client_secret_jwt'
      ? await secretKey(secret ?? '', (clientAlgorithm ?? 'HS256') as 'HS256')
      : await signingKey(settingOf(plan, c.settings, 'privateKey') ?? '', { field, alg: clientAlgorithm })
  const now = Math.floor(c.now() / 1000)
  const payload = {
    iss: id,
    sub: id,
    aud: audience,
    iat: now,
    exp: now + 60,
    jti: base64urlEncode(c.random(16)),
  }
  return {
    client_id: id,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signJwt(
      { typ: 'JWT', ...(clientKeyId !== undefined && { kid: clientKeyId }) },
      payload,
      key,
    ),
  }
}
