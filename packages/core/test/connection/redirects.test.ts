import { expect, test } from '@jest/globals'
import { defineStrategy } from '@latchkey/core'
import { api, rig, type Answer } from '../support.ts'

const both = defineStrategy({
  scheme: 'both',
  fields: { apiKey: { type: 'password', label: 'Key', required: true } },
  apply(request, c) {
    request.headers.set('x-key', c.settings.apiKey)
    request.url.searchParams.set('key', c.settings.apiKey)
  },
})
const other = 'https://other.example.com'
const to = (location: string, status = 302): Response =>
  new Response('moved', { status, headers: { location } })
const first =
  (location: string, status?: number): Answer =>
  (_, count) =>
    count === 1 ? to(location, status) : new Response('end')
const open = (world: ReturnType<typeof rig>, origins = [api]) =>
  world.open(both, { settings: { apiKey: 'CANARY' }, origins })

test.each([301, 302, 303, 307, 308])('a %i to another origin is followed bare', async (status) => {
  const world = rig(first(`${other}/next?mine=1`, status))
  const response = await open(world).fetch(`${api}/?a=b`, {
    method: 'POST',
    body: 'mine',
    headers: { authorization: 'caller', cookie: 'c=1', 'x-caller': 'kept' },
  })
  const sent = world.sent[1]
  const keeps = status >= 307
  expect([sent?.method, sent?.url, sent?.body]).toEqual([
    keeps ? 'POST' : 'GET',
    `${other}/next?mine=1`,
    keeps ? 'mine' : '',
  ])
  expect([...(sent?.headers.keys() ?? [])]).toEqual(keeps ? ['content-type', 'x-caller'] : ['x-caller'])
  expect([await response.text(), response.url, response.redirected]).toEqual([
    'end',
    `${other}/next?mine=1`,
    true,
  ])
})

test('a redirect on an allowed origin is signed anew, and a copied query key is not doubled', async () => {
  const world = rig(first(`${other}/next?key=CANARY&b=1`))
  await open(world, [api, other]).fetch(`${api}/`)
  expect(world.sent[1]?.url).toBe(`${other}/next?b=1&key=CANARY`)
  expect(world.sent[1]?.headers.get('x-key')).toBe('CANARY')
})

test('a signed query that the server copies into a foreign Location is taken out', async () => {
  const world = rig(first(`${other}/next?key=CANARY&b=1`))
  await open(world).fetch(`${api}/?b=1`)
  expect(world.sent[1]?.url).toBe(`${other}/next?b=1`)
})

test('a secret anywhere else in a foreign Location stops the request', async () => {
  const world = rig(first(`${other}/next/CANARY`))
  await expect(open(world).fetch(`${api}/`)).rejects.toMatchObject({
    code: 'origin_forbidden',
    message: expect.not.stringContaining('CANARY') as unknown,
  })
  expect(world.sent.length).toBe(1)
})

test('nor may it stand there in base64, or with a plus for a space', async () => {
  for (const [secret, path] of [
    ['CANARY', `?x=${btoa('user:CANARY')}`],
    ['CAN ARY', '?x=CAN+ARY'],
  ] as const) {
    const world = rig(first(`${other}/${path}`))
    const c = world.open(both, { settings: { apiKey: secret } })
    await expect(c.fetch(`${api}/`)).rejects.toMatchObject({ code: 'origin_forbidden' })
    expect(world.sent.length).toBe(1)
  }
})

test('an error of the network that repeats the signed URL is shown without the key', async () => {
  const failing = rig((request) =>
    Promise.reject(new TypeError(`error sending request for url (${request.url})`)),
  )
  await expect(open(failing).fetch(`${api}/`)).rejects.toThrow(
    `error sending request for url (${api}/?key=•••)`,
  )
})

test('a request that left stays bare even when it is sent back', async () => {
  const world = rig((_, count) =>
    count === 1 ? to(`${other}/`) : count === 2 ? to(`${api}/back`) : new Response('end'),
  )
  await open(world).fetch(`${api}/`)
  expect(world.sent.map(({ headers }) => headers.get('x-key'))).toEqual(['CANARY', null, null])
})

test.each(['http://api.example.com/', 'https://api.example.com:8443/'])(
  '%s is another origin',
  async (location) => {
    const world = rig(first(location))
    await open(world).fetch(`${api}/`)
    expect([world.sent[1]?.headers.get('x-key'), world.sent[1]?.url]).toEqual([null, location])
  },
)

test('redirect: manual returns the response, error rejects, as in Fetch', async () => {
  const world = rig(() => to(`${api}/x`))
  expect((await open(world).fetch(`${api}/`, { redirect: 'manual' })).status).toBe(302)
  await expect(open(world).fetch(`${api}/`, { redirect: 'error' })).rejects.toThrow(TypeError)
  expect(world.sent.length).toBe(2)
})

test('a loop ends after twenty redirects', async () => {
  const world = rig(() => to(`${api}/again`))
  await expect(open(world).fetch(`${api}/`)).rejects.toThrow('more than 20 redirects')
  expect(world.sent.length).toBe(21)
})

test('a redirect without Location is the answer; an invalid one or another scheme rejects', async () => {
  const without = rig(() => new Response('x', { status: 302 }))
  expect((await open(without).fetch(`${api}/`)).status).toBe(302)
  for (const location of ['http://[', 'ftp://x.example.com/', `https://u:p@api.example.com/`]) {
    const world = rig(first(location))
    await expect(open(world).fetch(`${api}/`)).rejects.toThrow(TypeError)
    expect(world.sent.length).toBe(1)
  }
})

test('HEAD stays HEAD on 303, and a fragment is kept', async () => {
  const world = rig(first('/next', 303))
  await open(world).fetch(`${api}/#frag`, { method: 'HEAD' })
  expect([world.sent[1]?.method, world.sent[1]?.url]).toEqual(['HEAD', `${api}/next?key=CANARY#frag`])
})

test('the unread body of a hop is cancelled so that its socket is free', async () => {
  let cancelled = 0
  const body = () =>
    new ReadableStream({
      cancel: () => {
        cancelled += 1
      },
    })
  const world = rig((_, count) =>
    count === 1 ? new Response(body(), { status: 302, headers: { location: '/x' } }) : new Response('end'),
  )
  await open(world).fetch(`${api}/`)
  expect(cancelled).toBe(1)
})

test('a stream cannot follow a 307', async () => {
  const world = rig(first('/next', 307))
  const body = new Blob(['x']).stream()
  await expect(
    open(world).fetch(`${api}/`, { method: 'POST', body, duplex: 'half' } as RequestInit),
  ).rejects.toMatchObject({
    code: 'body_not_replayable',
  })
})
