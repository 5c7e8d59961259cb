import { AuthError, type ChoicesOf } from '@latchkey/core'
import { isObject } from '@latchkey/core/definition'
import { createRequestClient, type RequestClient } from '@latchkey/core/http'
import type { Foreign } from './definition.ts'
import { listOf } from './fields.ts'
import { meant, type Ask } from './plan.ts'

/** The choices of a `dynamic` field, asked of the account once it is signed in. */
export function choicesBy(dynamic: Foreign, ask: () => Ask): ChoicesOf {
  return async (c) => {
    const { fetch, now, baseUrl: prefixUrl, settings, credentials } = c
    const send: RequestClient = createRequestClient({ fetch, now, prefixUrl })
    const { request, given, scheme } = await ask()(send, settings, credentials)
    const said = await meant('dynamic', scheme, async () => dynamic(request, { ...given, payload: {} }))
    const { choices, error } = isObject(said) ? said : {}
    const listed = listOf(choices)
    if (listed !== undefined) return listed
    if (Array.isArray(choices) && error === undefined) return []
    throw new AuthError('response_invalid', 'The function that lists the choices of a field gave none.', {
      scheme,
    })
  }
}
