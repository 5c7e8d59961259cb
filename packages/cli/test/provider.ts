import { createHash } from 'node:crypto'
import { defineConnector, type Connector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'
import { api, type Seen } from './support.ts'

/** Unlike any other text, so that each is found wherever it leaks. */
export const canaries = {
  secret: 'c4n4ry-cl13nt-s3cr3t',
  code: 'c4n4ry-authorization-code',
  access: 'c4n4ry-access-token',
  refresh: 'c4n4ry-refresh-token',
  deviceCode: 'c4n4ry-device-code',
} as const

const endpoints = {
  authorizationUrl: 'https://auth.acme.test/authorize',
  tokenUrl: 'https://auth.acme.test/token',
  revocationUrl: 'https://auth.acme.test/revoke',
  deviceUrl: 'https://auth.acme.test/device',
} as const

const connector = (key: string, auth: Connector['auth']): Connector =>
  defineConnector({
    key,
    name: 'Acme',
    auth,
    baseUrl: 'https://api.acme.test/v1',
    test: async ({ http }) => {
      const { id, name } = await http('me').json<{ id: string; name: string }>()
      return { id, label: name }
    },
  })

const modules = {
  code: connector('acme', oauth2({ ...endpoints, scopes: ['read'] })),
  device: connector(
    'acme-device',
    oauth2({ ...endpoints, grant: 'device_code', clientId: 'public-1', scopes: ['read'] }),
  ),
}

/** The connectors as modules of the fake machine. */
export const asModules = Object.fromEntries(
  Object.entries(modules).map(([name, found]) => [`/work/${name}.ts`, { default: found }]),
)

/** The operator's values. */
export const operator = { LATCHKEY_CLIENT_ID: 'client-1', LATCHKEY_CLIENT_SECRET: canaries.secret }

/** What the page for consent was asked for. */
export interface Asked {
  readonly url: URL
  readonly redirectUri: string
  readonly state: string
}

/** Reads the link that the command prints. */
export function linkIn(text: string): Asked | undefined {
  const [, link] = /open (https:\S+)/.exec(text) ?? []
  if (link === undefined) return undefined
  const url = new URL(link)
  const { redirect_uri: redirectUri = '', state = '' } = Object.fromEntries(url.searchParams)
  return { url, redirectUri, state }
}

/** A provider with an API: checks the client, the code, the redirect URI and the verifier; `more` answers before it does. */
export function acmeProvider(more: (seen: Seen) => Response | undefined = () => undefined): ReturnType<
  typeof api
> & {
  /** What was agreed to; the code belongs to it. */
  agree(asked: Asked): void
  verifiers(): string[]
} {
  let agreed: Asked | undefined
  let generation = 0
  const verifiers: string[] = []
  const tokens = (): Response => {
    generation += 1
    return Response.json({
      access_token: `${canaries.access}-${generation}`,
      refresh_token: `${canaries.refresh}-${generation}`,
      token_type: 'Bearer',
      expires_in: 3600,
    })
  }
  const fault = (error: string, status = 400): Response => Response.json({ error }, { status })
  const token = (form: URLSearchParams): Response => {
    const isDevice = form.get('grant_type')?.endsWith('device_code') === true
    if (!isDevice && form.get('client_secret') !== canaries.secret) return fault('invalid_client', 401)
    if (isDevice) return form.get('device_code') === canaries.deviceCode ? tokens() : fault('invalid_grant')
    if (form.get('grant_type') === 'refresh_token')
      return form.get('refresh_token') === `${canaries.refresh}-${generation}`
        ? tokens()
        : fault('invalid_grant')
    const verifier = form.get('code_verifier') ?? ''
    verifiers.push(verifier)
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const isRight =
      form.get('code') === canaries.code &&
      form.get('redirect_uri') === agreed?.redirectUri &&
      challenge === agreed.url.searchParams.get('code_challenge')
    agreed = undefined
    return isRight ? tokens() : fault('invalid_grant')
  }
  const served = api((seen) => {
    const early = more(seen)
    if (early !== undefined) return early
    const { pathname } = new URL(seen.url)
    if (pathname === '/token') return token(new URLSearchParams(seen.body))
    if (pathname === '/revoke') return new Response()
    if (pathname === '/device')
      return Response.json({
        device_code: canaries.deviceCode,
        user_code: 'WDJB-MJHT',
        verification_uri: 'https://acme.test/device',
        expires_in: 60,
        interval: 7,
      })
    if (seen.headers['authorization'] !== `Bearer ${canaries.access}-${generation}`)
      return fault('unauthorized', 401)
    return Response.json({ id: 'u-1', name: 'Ada' })
  })
  return {
    ...served,
    agree: (asked) => void (agreed = asked),
    verifiers: () => verifiers,
  }
}
