import { expect } from '@jest/globals'
import { connect, type AuthError, type AuthStrategy } from '@latchkey/core'
import { network } from '../../../../tools/network.ts'

export const api = 'https://api.example.com'
export const settings = { apiKey: 'k-1' }

/** What goes out for one call. */
export async function sentFor(
  auth: AuthStrategy,
  path = '/',
  init: RequestInit = {},
  given: object = settings,
) {
  const { fetch, sent } = network()
  await connect(auth, { settings: given, origins: [api], fetch }).fetch(api + path, init)
  expect(sent).toHaveLength(1)
  return sent[0]!
}

/** What a call was refused with. */
export const refusalOf = (run: Promise<unknown>) =>
  run.then(
    () => 'sent',
    (error: unknown) => error as AuthError,
  )
