import { expect, test } from '@jest/globals'
import { basic } from '@latchkey/basic'
import { testStrategy, type SeenRequest } from '@latchkey/testing'

const pairIn = ({ headers }: SeenRequest): string => {
  const [, value = ''] = /^Basic ([\w+/]+=*)$/.exec(headers.get('authorization') ?? '') ?? []
  return new TextDecoder().decode(Uint8Array.from(atob(value), (char) => char.charCodeAt(0)))
}

testStrategy(
  basic({ testRequest: (request) => request('/me') }),
  {
    settings: { username: 'ada-canary-1', password: 'password-canary-2' },
    accepts: (request, { settings }) => pairIn(request) === `${settings.username}:${settings.password}`,
    invalid: [
      { settings: { username: 'a:b', password: 'password-canary-2' }, field: 'username' },
      { settings: { username: 'ada-canary-1' }, field: 'password' },
    ],
  },
  { test, expect },
)

testStrategy(
  basic({
    username: '{key}',
    password: 'X',
    fields: { key: { type: 'password', label: 'Key', required: true } },
  }),
  {
    name: 'a key as the user name',
    settings: { key: 'key-canary-1' },
    accepts: (request, { settings }) => pairIn(request) === `${settings.key}:X`,
  },
  { test, expect },
)

testStrategy(
  basic({ charset: 'latin-1' }),
  {
    name: 'in latin-1',
    settings: { username: 'ada-canary-é', password: 'password-canary-ü' },
    accepts: ({ headers }, { settings }) =>
      headers.get('authorization') ===
      `Basic ${Buffer.from(`${settings.username}:${settings.password}`, 'latin1').toString('base64')}`,
  },
  { test, expect },
)
