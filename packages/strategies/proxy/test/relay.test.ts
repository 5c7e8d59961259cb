import { expect, test } from '@jest/globals'
import { defineStrategy } from '@latchkey/core'
import { proxy } from '@latchkey/proxy'
import { accounts, api, keyed, relayTo, secret, tokens } from './support.ts'

test('what is sent on is the request with credentials, without what was meant for the relay', async () => {
  const { ask, ticket, sent } = relayTo(keyed)
  const response = await ask(await ticket(), `${api}/orders?page=2#top`, {
    method: 'POST',
    body: '{"n":1}',
    headers: {
      'content-type': 'application/json',
      'content-length': '7',
      'x-caller': 'mine',
      cookie: 'session=of-the-relays-host',
      connection: 'keep-alive, x-hop',
      'x-hop': '1',
      'keep-alive': 'timeout=5',
      te: 'trailers',
      'proxy-authorization': 'Basic YTpi',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=10.0.0.1',
      'sec-fetch-mode': 'cors',
      origin: 'https://app.example',
      'latchkey-other': '1',
      'x-api-key': 'the callers own',
    },
  })
  expect([response.status, await response.text()]).toEqual([200, 'ok'])
  expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['POST', `${api}/orders?page=2`, '{"n":1}'],
  ])
  expect([...sent[0]!.headers]).toEqual([
    ['accept-encoding', 'gzip, deflate, br'],
    ['content-type', 'application/json'],
    ['x-api-key', secret],
    ['x-caller', 'mine'],
  ])
})

test('what comes back is the answer without credentials, hop-by-hop headers and what speaks for an origin', async () => {
  const { ask, ticket } = relayTo(
    keyed,
    () =>
      new Response('body', {
        status: 401,
        statusText: `No ${secret}`,
        headers: [
          ['content-type', 'text/plain'],
          ['x-own', 'theirs'],
          ['set-cookie', 'session=1'],
          ['set-cookie', 'other=2'],
          ['www-authenticate', 'Basic realm="api"'],
          ['authentication-info', 'nextnonce="x"'],
          ['authorization', 'Bearer echo'],
          ['proxy-authenticate', 'Basic'],
          ['connection', 'close, x-hop'],
          ['x-hop', '1'],
          ['keep-alive', 'timeout=5'],
          ['transfer-encoding', 'chunked'],
          ['strict-transport-security', 'max-age=1'],
          ['clear-site-data', '"*"'],
          ['alt-svc', 'h3=":443"'],
          ['latchkey-relay', 'ticket_expired'],
          ['cache-control', 'public, max-age=60, s-maxage=600'],
          ['vary', 'accept'],
        ],
      }),
  )
  const response = await ask(await ticket())
  expect([response.status, response.statusText, await response.text()]).toEqual([401, 'No ***', 'body'])
  expect([...response.headers]).toEqual([
    ['cache-control', 'private, max-age=60'],
    ['content-type', 'text/plain'],
    ['vary', 'accept, authorization, latchkey-target'],
    ['x-own', 'theirs'],
  ])
})

test('headers that reflect the secret in any of its usual forms are masked, also of credentials before a renewal', async () => {
  const { ask, ticket } = relayTo(tokens(), ({ headers }, count) =>
    count === 1
      ? new Response('', { status: 401 })
      : new Response('', {
          headers: {
            'x-echo': `you sent ${headers.get('authorization')}`,
            'x-old': 'CANARY-token-1',
            'x-setting': encodeURIComponent(secret),
            'x-base64': btoa(`user:${secret}`),
            'x-else': 'nothing',
          },
        }),
  )
  const response = await ask(await ticket())
  expect([...response.headers].filter(([name]) => name !== 'vary' && name !== 'content-type')).toEqual([
    ['x-base64', expect.stringMatching(/^[\w=]{0,8}\*\*\*[\w=]{0,3}$/)],
    ['x-echo', 'you sent Bearer ***'],
    ['x-else', 'nothing'],
    ['x-old', '***'],
    ['x-setting', '***'],
  ])
})

test('a redirect is handed to the caller, and a credential in its address is taken out', async () => {
  const query = defineStrategy({
    scheme: 'query',
    fields: { secret: { type: 'password', label: 'Secret', required: true } },
    apply: ({ url }, { settings }) => url.searchParams.set('api_key', settings.secret),
  })
  const { ask, ticket, sent } = relayTo(
    query,
    ({ url }) => new Response(null, { status: 307, headers: { location: `/next${new URL(url).search}` } }),
  )
  const response = await ask(await ticket(), `${api}/first?page=2`)
  expect([response.status, response.headers.get('location')]).toEqual([307, `${api}/next?page=2`])
  expect(sent.map(({ url }) => url)).toEqual([`${api}/first?page=2&api_key=${secret}`])
})

test('an address that the connection may not reach gets 403, and one that is none 400; nothing is sent', async () => {
  const { ask, ticket, sent } = relayTo(keyed)
  for (const target of [
    'https://evil.example.net/',
    'http://api.example.com/',
    'https://api.example.com:8443/',
    'http://169.254.169.254/',
  ]) {
    const response = await ask(await ticket(), target)
    expect([target, response.status, await response.json()]).toMatchObject([
      target,
      403,
      { error: 'origin_forbidden' },
    ])
  }
  for (const target of [
    '/me',
    'api.example.com',
    'ftp://api.example.com/',
    'https://a:b@api.example.com/',
    'file:///etc/passwd',
    '//api.example.com/',
  ]) {
    const response = await ask(await ticket(), target)
    expect([target, response.status, await response.json()]).toMatchObject([
      target,
      400,
      { error: 'target_invalid' },
    ])
  }
  expect(sent).toEqual([])
})

test('statuses without a body stay without one, and what fetch has decoded is not called encoded', async () => {
  for (const status of [204, 205, 304]) {
    const { ask, ticket } = relayTo(keyed, () => new Response(null, { status, headers: { etag: '"1"' } }))
    const response = await ask(await ticket())
    expect([response.status, response.body, response.headers.get('etag')]).toEqual([status, null, '"1"'])
  }
  const encoded = (encoding: string) =>
    relayTo(
      keyed,
      () => new Response('plain', { headers: { 'content-encoding': encoding, 'content-length': '99' } }),
    )
  for (const [encoding, kept] of [
    ['gzip', false],
    ['gzip, br', false],
    ['zstd', true],
  ] as const) {
    const { ask, ticket } = encoded(encoding)
    const { headers } = await ask(await ticket())
    expect([headers.has('content-encoding'), headers.has('content-length')]).toEqual([kept, kept])
  }
})

test('a relay in front of a delegate masks what the other connection holds', async () => {
  const { known, sent } = accounts(
    tokens(),
    { crm: proxy({ through: () => known.get('shared') }) },
    ({ headers }) => new Response('', { headers: { 'x-echo': headers.get('authorization') ?? '' } }),
  )
  await known.create('base', { key: 'shared', settings: { secret } })
  await known.create('crm', { key: 'crm', settings: {} })
  const { ask, ticket } = relayTo(keyed, undefined, { open: (name) => known.get(name) })
  const response = await ask(await ticket())
  expect(response.headers.get('x-echo')).toBe('Bearer ***')
  expect(sent).toHaveLength(1)
})
