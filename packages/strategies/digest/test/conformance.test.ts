import { expect, test } from '@jest/globals'
import { digest } from '@latchkey/digest'
import { testStrategy, type SeenRequest } from '@latchkey/testing'
import { verifies } from './server.ts'

const realm = 'api "inner" \\ room'
const runner = { test, expect }

const refuse =
  (...challenges: readonly string[]) =>
  ({ url }: SeenRequest): Response =>
    new Response('refused', {
      status: 401,
      headers: challenges.map((parameters): [string, string] => [
        'www-authenticate',
        `Digest realm="api \\"inner\\" \\\\ room", nonce="of ${url.host}", opaque="o", ${parameters}`,
      ]),
    })

const settings = { username: 'ada-canary-1', password: 'password-canary-2' }

testStrategy(
  digest(),
  {
    settings,
    refuse: refuse('qop="auth", algorithm=MD5', 'qop="auth, auth-int", algorithm=SHA-256'),
    accepts: (request, side) => verifies(request, side.settings, realm),
    invalid: [
      { settings: { username: 'ada\n', password: 'password-canary-2' }, field: 'username' },
      { settings: { username: 'a'.repeat(1_025), password: 'password-canary-2' }, field: 'username' },
      { settings: { username: 'ada-canary-1', password: 'a\u0000b' }, field: 'password' },
    ],
  },
  runner,
)

testStrategy(
  digest({ qop: 'auth-int', test: ({ http }) => http('me').then(() => undefined) }),
  {
    name: 'the body signed too, and the name hidden',
    settings,
    refuse: refuse('qop="auth,auth-int", algorithm=SHA-512-256-sess, userhash=true'),
    accepts: (request, side) => verifies(request, side.settings, realm),
  },
  runner,
)

testStrategy(
  digest(),
  {
    name: 'a server of RFC 2069',
    settings,
    refuse: refuse('stale=false'),
    accepts: (request, side) => verifies(request, side.settings, realm),
  },
  runner,
)
