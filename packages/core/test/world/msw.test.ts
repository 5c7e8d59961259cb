import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { createWorld } from '../../src/world/world.ts'

const bodies: string[] = []
const server = setupServer(
  http.post('https://provider.example/token', async ({ request }) => {
    bodies.push(await request.text())
    return HttpResponse.json({ access_token: 'a' })
  }),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

test('msw answers a guarded request before any name is looked up', async () => {
  const { guarded } = createWorld()
  const response = await guarded('https://provider.example/token', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  expect(await response.json()).toEqual({ access_token: 'a' })
  expect([response.url, bodies]).toEqual([
    'https://provider.example/token',
    ['grant_type=client_credentials'],
  ])
})
