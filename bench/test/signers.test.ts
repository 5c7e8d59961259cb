import { expect, test } from '@jest/globals'
import { checkSigners, signers } from '../src/signers.mjs'

test('everybody in the benchmark signs, and one who does not is found', async () => {
  const all = await signers()
  expect(Object.entries(all).map(([scheme, tasks]) => [scheme, Object.keys(tasks as object).length])).toEqual(
    [
      ['SigV4, a POST', 4],
      ['OAuth 1, HMAC-SHA1', 2],
      ['JWT, HS256', 5],
    ],
  )
  await expect(checkSigners(all)).resolves.toBeUndefined()
  await expect(checkSigners({ 'JWT, HS256': { idle: () => 'Bearer a.b.c' } })).rejects.toThrow(
    'idle does not sign',
  )
})
