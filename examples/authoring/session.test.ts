import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { testStrategy } from '@latchkey/testing'
import { network } from '../../tools/network.ts'
import { minimalSession } from './session.ts'

const settings = { username: 'ada-1', password: 'password-canary-2' }
const login = 'https://login.example.com/sessions'

test("a third party's session logs in once, and once more when the API ends it", async () => {
  let logins = 0
  const { fetch, sent } = network(({ url, headers }) => {
    if (url === login) return Response.json({ token: `token-${(logins += 1)}` })
    const isGood =
      headers.get('authorization') === (url.endsWith('/late') ? 'Bearer token-2' : 'Bearer token-1')
    return new Response(null, { status: isGood ? 200 : 401 })
  })
  const connection = connect(minimalSession, { settings, origins: ['https://api.example.com'], fetch })
  for (const path of ['one', 'two', 'late'])
    expect((await connection.fetch(`https://api.example.com/${path}`)).status).toBe(200)
  expect(sent.map(({ url }) => new URL(url).pathname)).toEqual([
    '/sessions',
    '/one',
    '/two',
    '/late',
    '/sessions',
    '/late',
  ])
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual(settings)
})

testStrategy(
  minimalSession,
  {
    settings,
    provider: ({ url, text }, side) =>
      url.href !== login
        ? undefined
        : text === JSON.stringify(side.settings)
          ? Response.json({ token: `session-token-${side.nth}` })
          : new Response(null, { status: 401 }),
    accepts: ({ headers }, { credentials }) =>
      credentials !== undefined && headers.get('authorization') === `Bearer ${credentials.token}`,
  },
  { test, expect },
)
