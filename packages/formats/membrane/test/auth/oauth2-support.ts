import { expect } from '@jest/globals'
import type { Connection } from '@latchkey/core'
import type { MembraneImport } from '@latchkey/format-membrane'
import type { Sent } from '../../../../../tools/network.ts'
import { base, define } from './support.ts'

export const redirectUri = 'https://app.test/cb'
export const settings = { clientId: 'c-1', clientSecret: 's3cret value+' }
export const config = {
  clientId: { $var: 'connectorParameters.clientId' },
  clientSecret: { $var: 'connectorParameters.clientSecret' },
  authorizeUri: 'https://auth.acme.test/authorize?a=1',
  tokenUri: 'https://auth.acme.test/token',
}
export const makeApiClient = {
  baseUri: base,
  headers: { Authorization: { $concat: ['Bearer ', { $var: 'credentials.access_token' }] } },
}
export const oauth = (more: object = {}, methods: object = {}): MembraneImport =>
  define({ type: 'oauth2' }, { getOAuthConfig: { ...config, ...more }, makeApiClient, ...methods })

export const isToken = ({ url }: Sent): boolean => url === 'https://auth.acme.test/token'

/** A provider that gives `at-1`, `rt-1`, then `at-2`, `rt-2` … and an API that takes the newest. */
export const provider = (extra: object = {}): ((request: Sent) => Response) => {
  let issued = 0
  return (request) => {
    if (isToken(request)) {
      issued += 1
      return Response.json({
        access_token: `at-${issued}-long`,
        refresh_token: `rt-${issued}-long`,
        ...extra,
      })
    }
    const isRight = request.headers.get('authorization') === `Bearer at-${issued}-long`
    return new Response('{}', { status: isRight ? 200 : 401 })
  }
}

export const begin = async (connection: Connection, scopes?: readonly string[]) => {
  const { url, pending } = await connection.authorize.begin({ redirectUri, ...(scopes && { scopes }) })
  return { url: new URL(url), pending }
}
export const signIn = async (connection: Connection, more = ''): Promise<URL> => {
  const { url, pending } = await begin(connection)
  const state = url.searchParams.get('state') ?? ''
  const back = `${redirectUri}?code=code-1&state=${state}${more}`
  expect(await connection.authorize.complete(pending, back, { redirectUri })).toBe(true)
  return url
}
