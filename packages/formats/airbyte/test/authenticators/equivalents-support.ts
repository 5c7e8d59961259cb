import { oauthStrategy } from '../../src/oauth/oauth.ts'
import type { Sent } from '../../../../../tools/network.ts'
import { connected, type Given, type World } from './support.ts'

export const url = 'https://api.example/items'

export function custom(
  class_name: string,
  members: object,
  given: Given,
  requester = 'https://api.example',
): World {
  return connected(
    { type: 'CustomAuthenticator', class_name, ...members },
    {
      ...given,
      where: {
        requester: { url_base: requester },
        oauth: (definition, where) => oauthStrategy(definition, where),
      },
    },
  )
}

/** Answers of everything but the API. */
export const earning =
  (body: object, status = 200): NonNullable<Given['answer']> =>
  (request) =>
    request.url.startsWith('https://api.example') ? new Response('ok') : Response.json(body, { status })

export const heads = ({ headers }: Sent, ...names: string[]): (string | null)[] =>
  names.map((name) => headers.get(name))
export const client = {
  client_id: "{{ config['id'] }}",
  client_secret: "{{ config['secret'] }}",
  token_refresh_endpoint: 'https://login.example/token',
}
export const token = { access_token: 'at', expires_in: 3600 }
