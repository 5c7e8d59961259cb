import type { Sent } from '../../../../../tools/network.ts'
import type { Given } from './support.ts'

export const url = 'https://api.example/items'
export const loginUrl = 'https://login.example/session'
export const hour = 3_600_000

export const requester = (more: object = {}): object => ({
  type: 'HttpRequester',
  url_base: 'https://login.example',
  path: 'session',
  http_method: 'POST',
  authenticator: { type: 'NoAuth' },
  request_headers: {},
  request_parameters: {},
  ...more,
})

export const session = (more: object = {}, login: object = {}): object => ({
  type: 'SessionTokenAuthenticator',
  login_requester: requester(login),
  session_token_path: ['data', 'id'],
  request_authentication: { type: 'Bearer' },
  ...more,
})

/** An API with a login whose sessions are `s1`, `s2`, … */
export function answers(
  body: (token: string) => string = (id) => JSON.stringify({ data: { id } }),
): NonNullable<Given['answer']> {
  let count = 0
  return (request) =>
    request.url.startsWith('https://login.example') ? new Response(body(`s${++count}`)) : new Response('ok')
}

export const logins = (sent: readonly Sent[]): readonly Sent[] =>
  sent.filter((each) => !each.url.startsWith(url))
export const tokens = (sent: readonly Sent[], header = 'authorization'): (string | null)[] =>
  sent.filter((each) => each.url.startsWith(url)).map(({ headers }) => headers.get(header))
