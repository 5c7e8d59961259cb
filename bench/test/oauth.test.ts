import { expect, test } from '@jest/globals'
import { stampede } from '../src/oauth.mjs'

test('of many callers at the end of a token one connection, or two on one store, ask for one token', async () => {
  expect(await stampede(100)).toEqual({
    callers: 100,
    rows: {
      'latchkey, one connection': { tokenRequests: 1, ms: expect.any(Number) },
      'latchkey, two connections on one store': { tokenRequests: 1, ms: expect.any(Number) },
      'openid-client, each caller for itself': { tokenRequests: 100, ms: expect.any(Number) },
    },
  })
})
