import { expect, test } from '@jest/globals'
import { checkSettings } from '../src/fields/settings.ts'
import { none } from '../src/none.ts'
import type { OutgoingRequest } from '../src/strategy.ts'

test('no authentication asks for nothing and applies nothing', async () => {
  const auth = none()
  const request = { headers: new Headers() } as OutgoingRequest
  await auth.apply(request, {} as never)
  expect([...request.headers]).toEqual([])
  expect(checkSettings(auth, {})).toEqual({ settings: {}, leaf: auth, path: [auth], fields: {} })
  expect(auth.scheme).toBe('none')
})
