import { expect, test } from '@jest/globals'
import { defineConnector } from '@latchkey/core'
import { oauth1 } from '@latchkey/oauth1'
import { api, machine, type Seen } from './support.ts'
import { visit } from './person.ts'

/** What stands in the OAuth header of a request, by name. */
const oauthOf = ({ headers }: Seen): Record<string, string> =>
  Object.fromEntries(
    [...(headers['authorization'] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      decodeURIComponent(value),
    ]),
  )

const connector = defineConnector({
  key: 'acme',
  name: 'Acme',
  auth: oauth1({
    flow: 'three-legged',
    requestToken: 'https://auth.acme.test/request_token',
    authorize: 'https://auth.acme.test/authorize',
    accessToken: 'https://auth.acme.test/access_token',
  }),
  baseUrl: 'https://api.acme.test',
  test: async ({ http }) => ({ label: (await http('me').json<{ name: string }>()).name }),
})

const canaries = [
  'c4n4ry-consumer-secret',
  'c4n4ry-request-secret',
  'c4n4ry-access-secret',
  'c4n4ry-verifier',
]
const [consumerSecret = '', requestSecret = '', accessSecret = '', verifier = ''] = canaries

test('connect runs the three legs of OAuth 1: request token, consent, access token, proof', async () => {
  const legs: string[] = []
  let callback = ''
  const form = (values: Record<string, string>): Response =>
    new Response(new URLSearchParams(values).toString())
  const { fetch } = api((seen) => {
    const { pathname } = new URL(seen.url)
    const oauth = oauthOf(seen)
    legs.push(`${seen.method} ${pathname} ${oauth['oauth_token'] ?? '-'} ${oauth['oauth_verifier'] ?? '-'}`)
    if (pathname === '/request_token') {
      callback = oauth['oauth_callback'] ?? ''
      return form({
        oauth_token: 'request-1',
        oauth_token_secret: requestSecret,
        oauth_callback_confirmed: 'true',
      })
    }
    if (pathname === '/access_token')
      return form({ oauth_token: 'access-1', oauth_token_secret: accessSecret })
    return Response.json({ name: 'Ada' })
  })
  const links: string[] = []
  const at = machine({
    modules: { '/work/acme.ts': { default: connector } },
    env: { LATCHKEY_CONSUMER_KEY: 'consumer-1', LATCHKEY_CONSUMER_SECRET: consumerSecret },
    fetch,
    sleep: () => new Promise(() => undefined),
    reads: (text) => {
      const [, link] = /open (https:\S+)/.exec(text) ?? []
      if (link === undefined) return
      links.push(link)
      void visit(`${callback}?oauth_token=request-1&oauth_verifier=${verifier}`)
    },
  })
  expect(await at.run('connect', './acme.ts', '--no-browser')).toMatchObject({
    code: 0,
    out: 'Connected acme as Ada.\n',
  })
  expect(links).toEqual(['https://auth.acme.test/authorize?oauth_token=request-1'])
  expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/acme\/[\w-]{22}$/)
  expect(legs).toEqual([
    'POST /request_token - -',
    `POST /access_token request-1 ${verifier}`,
    'GET /me access-1 -',
  ])
  for (const canary of canaries) expect(at.printed()).not.toContain(canary)
})
