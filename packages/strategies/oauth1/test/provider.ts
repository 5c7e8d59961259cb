import { connect, type Connection } from '@latchkey/core'
import { oauth1, type Endpoint } from '@latchkey/oauth1'
import { network, type Sent } from '../../../../tools/network.ts'

export const auth = 'https://auth.example.com'
export const api = 'https://api.example.com'
export const settings = { consumerKey: 'ck', consumerSecret: 'cs-secret' }
export const redirectUri = 'https://app.example.com/callback?x=1'

export const answer = (params: Readonly<Record<string, string>>): Response =>
  new Response(new URLSearchParams(params).toString(), {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

export const temporary = {
  oauth_token: 'rt',
  oauth_token_secret: 'rts-secret',
  oauth_callback_confirmed: 'true',
}
export const access = { oauth_token: 'at', oauth_token_secret: 'ats-secret' }

/** What the tests vary. */
export type Options = Partial<{
  readonly requestToken: string | Endpoint
  readonly accessToken: string | Endpoint
  readonly refresh: true | string
  readonly confirmsCallback: boolean
  readonly callbackValues: readonly string[]
}>

/** A provider in memory, and a connection to it. */
export function open(
  reply: (request: Sent, path: string) => Response = standard,
  options: Options = {},
  now = 1e12,
) {
  const clock = { now }
  const { fetch, sent } = network((request) => reply(request, new URL(request.url).pathname))
  const strategy = oauth1({
    flow: 'three-legged',
    requestToken: `${auth}/request`,
    authorize: { url: `${auth}/authorize?lang=en`, params: { name: 'My App' } },
    accessToken: `${auth}/access`,
    ...options,
  })
  const connection = connect(strategy, { settings, origins: [api], fetch, now: () => clock.now })
  return { connection, sent, clock }
}

/** Says yes to everything. */
export function standard(_: Sent, path: string): Response {
  if (path === '/request') return answer(temporary)
  return path === '/access' ? answer(access) : new Response('ok')
}

export const consent = async (
  connection: Connection,
  callback = 'oauth_token=rt&oauth_verifier=v',
): Promise<boolean> => {
  const { pending } = await connection.authorize.begin({ redirectUri })
  return connection.authorize.complete(pending, new URLSearchParams(callback), { redirectUri })
}
