import { expect, test } from '@jest/globals'
import { defineStrategy } from '@latchkey/core'
import { api, rig } from '../support.ts'

const key = defineStrategy({
  scheme: 'key',
  fields: { apiKey: { type: 'password', label: 'Key', required: true } },
  apply(request, c) {
    request.headers.set('x-key', c.settings.apiKey)
  },
})
const open = (world: ReturnType<typeof rig>, extra = {}) =>
  world.open(key, { settings: { apiKey: 'K' }, ...extra })

test('strings, URLs and Requests are taken as Fetch takes them, and init wins', async () => {
  const world = rig()
  const c = open(world)
  await c.fetch(`${api}/a?b=c#d`)
  await c.fetch(new URL(`${api}/b`), { method: 'delete' })
  await c.fetch(new Request(`${api}/c`, { method: 'PUT', body: 'x', headers: { 'x-mine': '1' } }), {
    headers: { 'x-mine': '2' },
  })
  expect(world.sent.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', `${api}/a?b=c#d`, ''],
    ['DELETE', `${api}/b`, ''],
    ['PUT', `${api}/c`, 'x'],
  ])
  expect(world.sent[2]?.headers.get('x-mine')).toBe('2')
  expect(world.sent.map(({ headers }) => headers.get('x-key'))).toEqual(['K', 'K', 'K'])
})

test('relative URLs go below the base URL, with or without a leading slash', async () => {
  const world = rig()
  const c = open(world, { baseUrl: `${api}/v1`, origins: undefined })
  await c.fetch('me')
  await c.fetch('/me?x=1')
  expect(world.sent.map(({ url }) => url)).toEqual([`${api}/v1/me`, `${api}/v1/me?x=1`])
})

test('a path that becomes another host is refused before anything is sent', async () => {
  const world = rig()
  const c = open(world, { baseUrl: `${api}/v1`, origins: undefined })
  for (const path of ['//evil.com/x', '\\\\evil.com', '/\\evil.com', 'https://evil.com']) {
    await expect(c.fetch(path)).rejects.toMatchObject({ code: 'origin_forbidden', remedy: 'code' })
  }
  expect(world.sent).toEqual([])
  for (const path of ['\t//evil.com', 'https:evil.com', 'https:/evil.com', '@evil.com', '.evil.com'])
    await c.fetch(path)
  expect(world.sent.map(({ url }) => new URL(url).origin)).toEqual(Array(5).fill(api))
})

test('an invalid URL and one with a password are refused without repeating them', async () => {
  const c = open(rig())
  await expect(c.fetch('not a url SECRET')).rejects.toEqual(
    expect.objectContaining({ name: 'TypeError', message: expect.not.stringContaining('SECRET') as unknown }),
  )
  await expect(c.fetch('https://u:SECRET@api.example.com/')).rejects.toEqual(
    expect.objectContaining({ message: expect.not.stringContaining('SECRET') as unknown }),
  )
})

const form = new FormData()
form.append('f', 'v')
const bodies: [string, BodyInit, string, RegExp][] = [
  ['a string', 'é', 'text/plain;charset=UTF-8', /^é$/],
  [
    'URLSearchParams',
    new URLSearchParams({ a: 'b c' }),
    'application/x-www-form-urlencoded;charset=UTF-8',
    /^a=b\+c$/,
  ],
  ['a Blob', new Blob(['x'], { type: 'text/csv' }), 'text/csv', /^x$/],
  ['FormData', form, 'multipart/form-data; boundary=', /name="f"\r\n\r\nv/],
]
test.each(bodies)(
  '%s has its content type before apply, and bytes() are what is sent',
  async (_, body, type, expected) => {
    let seen: string | null = null
    let bytes = ''
    const reads = defineStrategy({
      scheme: 'reads',
      fields: {},
      async apply(request) {
        seen = request.headers.get('content-type')
        bytes = new TextDecoder().decode(await request.bytes())
      },
    })
    const world = rig()
    await world.open(reads, { settings: {} }).fetch(`${api}/`, { method: 'POST', body })
    expect(seen).toContain(type)
    expect(world.sent[0]?.headers.get('content-type')).toBe(seen)
    expect(bytes).toMatch(expected)
    expect(world.sent[0]?.body).toBe(bytes)
  },
)

test('bytes() of no body are empty and send none', async () => {
  const reads = defineStrategy({
    scheme: 'reads',
    fields: {},
    async apply(request) {
      expect((await request.bytes()).length).toBe(0)
    },
  })
  const world = rig()
  await world.open(reads, { settings: {} }).fetch(`${api}/`)
  expect(world.sent[0]?.init.body).toBeNull()
})

test('a stream is sent once, and a signer that needs its bytes is refused with body_not_replayable', async () => {
  const world = rig()
  const stream = () => new Blob(['one-way']).stream()
  await open(world).fetch(`${api}/`, { method: 'POST', body: stream(), duplex: 'half' } as RequestInit)
  expect(world.sent[0]?.body).toBe('one-way')
  const reads = defineStrategy({
    scheme: 'reads',
    fields: {},
    async apply(request) {
      await request.bytes()
    },
  })
  await expect(
    world.open(reads, { settings: {}, key: 'r' }).fetch(`${api}/`, { method: 'POST', body: stream() }),
  ).rejects.toMatchObject({
    code: 'body_not_replayable',
  })
  expect(world.sent.length).toBe(1)
})

test('a Request body above the limit stays a stream, and still arrives whole', async () => {
  const world = rig()
  const body = 'x'.repeat(3_000_000)
  await open(world).fetch(new Request(`${api}/`, { method: 'POST', body }))
  expect(world.sent[0]?.body).toBe(body)
})

test('what else the caller gave goes through as it is', async () => {
  const world = rig()
  const { signal } = new AbortController()
  await open(world).fetch(`${api}/`, {
    signal,
    keepalive: true,
    cache: 'no-store',
    dispatcher: 'mine',
  } as RequestInit)
  expect(world.sent[0]?.init).toMatchObject({
    keepalive: true,
    cache: 'no-store',
    dispatcher: 'mine',
    redirect: 'manual',
  })
  expect(world.sent[0]?.init.signal).toBe(signal)
})

test('an HTTP error is returned, not thrown', async () => {
  const c = open(rig(() => new Response('no', { status: 500 })))
  expect((await c.fetch(`${api}/`)).status).toBe(500)
})

test('the response never shows an address with a credential in it, nor does its clone', async () => {
  const query = defineStrategy({
    scheme: 'q',
    fields: {},
    apply: (request) => request.url.searchParams.set('api_key', 'CANARY'),
  })
  const world = rig()
  const response = await world.open(query, { settings: {} }).fetch(`${api}/a?x=1#f`)
  expect(world.sent[0]?.url).toBe(`${api}/a?x=1&api_key=CANARY#f`)
  expect([response.url, response.clone().url, response.clone().clone().url]).toEqual(
    Array(3).fill(`${api}/a?x=1`),
  )
})

test('apply puts credentials on a Request for another sender, and only for allowed origins', async () => {
  const c = open(rig())
  const signed = await c.apply(new Request(`${api}/x`, { method: 'POST', body: 'b' }))
  expect([signed.method, signed.url, signed.headers.get('x-key'), await signed.text()]).toEqual([
    'POST',
    `${api}/x`,
    'K',
    'b',
  ])
  await expect(c.apply(new Request('https://evil.com/'))).rejects.toMatchObject({ code: 'origin_forbidden' })
})

test('a strategy cannot move a request to another origin', async () => {
  const mover = defineStrategy({
    scheme: 'm',
    fields: {},
    apply: (request) => {
      request.url.host = 'evil.com'
    },
  })
  const world = rig()
  const c = world.open(mover, { settings: {} })
  await expect(c.fetch(`${api}/`)).rejects.toMatchObject({ code: 'origin_forbidden' })
  await expect(c.apply(new Request(`${api}/`))).rejects.toMatchObject({ code: 'origin_forbidden' })
  expect(world.sent).toEqual([])
})
