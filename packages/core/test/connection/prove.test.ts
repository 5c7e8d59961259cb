import { expect, test } from '@jest/globals'
import { defineStrategy } from '@latchkey/core'
import { api, rig } from '../support.ts'

test('a test follows a redirect on the same origin, signed anew, and never sees the key in response.url', async () => {
  const seen: string[] = []
  const inQuery = defineStrategy({
    scheme: 'in-query',
    fields: { apiKey: { type: 'password', label: 'Key', required: true } },
    apply: (request, c) => request.url.searchParams.set('key', c.settings.apiKey),
    test: async (c) => {
      const response = await c.fetch(`${api}/me`)
      seen.push(response.url)
      return { label: await response.text() }
    },
  })
  const world = rig(({ url }) =>
    url.includes('/me?')
      ? new Response(null, { status: 302, headers: { location: '/users/7' } })
      : new Response('Ada'),
  )
  expect(await world.open(inQuery, { settings: { apiKey: 'CANARY' } }).test()).toEqual({ label: 'Ada' })
  expect([world.sent[1]?.url, seen]).toEqual([`${api}/users/7?key=CANARY`, [`${api}/users/7`]])
})
