import { isObject } from '@latchkey/core/definition'
import { paramsOf } from '@latchkey/core/http'
import type { Definition } from './definition.ts'
import { extensionOf, type Given } from './extension.ts'
import { headersOf } from './request.ts'
import type { SegmentRequestOptions } from './types.ts'

/**
 * What of an extension goes on the request that renews a token: all but what is made of the token, which two tokens show.
 * At home the header goes out as `Bearer undefined`.
 */
export async function tokenless(definition: Definition, given: Given): Promise<SegmentRequestOptions> {
  const asked = async (accessToken: string): Promise<SegmentRequestOptions> =>
    extensionOf(definition, { ...given, auth: { ...given.auth, accessToken } })
  const both = await Promise.all([asked('latchkey.first.token'), asked('latchkey.second.token')]).catch(
    () => undefined,
  )
  // It may take the token apart; then nothing of it is known.
  if (both === undefined) return {}
  const [one, other] = both
  const { headers, searchParams, username, password, json } = one
  const isSame = username === other.username && password === other.password
  return {
    ...one,
    headers: shared(Object.fromEntries(headersOf(headers)), Object.fromEntries(headersOf(other.headers))),
    searchParams: shared(paramsIn(searchParams), paramsIn(other.searchParams)),
    json: isObject(json) && isObject(other.json) ? someOf(shared(json, other.json)) : json,
    ...(!isSame && { username: undefined, password: undefined }),
  }
}

const paramsIn = (params: SegmentRequestOptions['searchParams']): Record<string, string> =>
  Object.fromEntries(paramsOf(params))

const someOf = (members: object): object | undefined =>
  Object.keys(members).length === 0 ? undefined : members

function shared<T>(one: Readonly<Record<string, T>>, other: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(one).filter(([name, value]) => JSON.stringify(value) === JSON.stringify(other[name])),
  )
}
