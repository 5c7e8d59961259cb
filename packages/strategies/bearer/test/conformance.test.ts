import { expect, test } from '@jest/globals'
import { bearer } from '@latchkey/bearer'
import { testStrategy } from '@latchkey/testing'

const settings = { token: 'token-canary-1' }
const runner = { test, expect }

testStrategy(
  bearer(),
  {
    settings,
    accepts: ({ headers }, side) => headers.get('authorization') === `Bearer ${side.settings.token}`,
    invalid: [{ settings: { token: 'Bearer token-canary-1' }, field: 'token' }],
  },
  runner,
)

testStrategy(
  bearer({ header: 'x-amz-access-token', prefix: '' }),
  {
    name: 'a header of its own',
    settings,
    accepts: ({ headers }, side) => headers.get('x-amz-access-token') === side.settings.token,
  },
  runner,
)
