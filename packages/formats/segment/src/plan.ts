import type { AuthStrategy, Fields } from '@latchkey/core'
import { isObject } from '@latchkey/core/definition'
import type { Extension, RequestClient } from '@latchkey/core/http'
import type { RequestAuth } from '@latchkey/oauth2'
import type { Definition, Foreign } from './definition.ts'
import { clientDefaults, extensionOf, placed, type Given } from './extension.ts'
import { meaningOf, type Thrown } from './failure.ts'
import type { Places } from './origins.ts'
import { clientOver } from './request.ts'
import type { SegmentOptions, SegmentRequest } from './types.ts'
import { valuesFor, type ReadField } from './values.ts'

type Settings = Readonly<Record<string, unknown>>

/** A definition that has been read, with all that its strategy needs. */
export interface Plan {
  readonly definition: Definition
  readonly options: SegmentOptions
  readonly places: Places
  readonly read: Readonly<Record<string, ReadField>>
  readonly fields: Fields
  readonly schema: AuthStrategy['schema']
}

/** Where the parts of `settings.oauth` that are the operator's stand among our settings. */
export const clientFields = {
  clientId: 'oauth.clientId',
  clientSecret: 'oauth.clientSecret',
  tokenUrl: 'oauth.refresh_token_url',
  authorizationUrl: 'oauth.authorization_url',
  revocationUrl: 'oauth.revocation_url',
} as const

const noTokens = { accessToken: undefined, refreshToken: undefined, refreshTokenUrl: undefined }

/** What functions see: the settings in the source's shape, and the tokens. */
export function givenFor({ read }: Plan, settings: Settings, auth?: RequestAuth): Given {
  const refreshTokenUrl = settings[clientFields.tokenUrl] as string | undefined
  return {
    settings: valuesFor(settings, read),
    auth: auth === undefined ? noTokens : { ...auth, refreshTokenUrl },
  } as Given
}

/** What goes on each request. */
export function extend(plan: Plan, settings: Settings, auth?: RequestAuth): Extension | Promise<Extension> {
  const said = extensionOf(plan.definition, givenFor(plan, settings, auth))
  return said instanceof Promise ? said.then(placed) : placed(said)
}

/** The tokens among credentials, in Segment's names. */
export const tokensOf = ({ accessToken, refreshToken }: Settings): RequestAuth => ({
  accessToken: typeof accessToken === 'string' ? accessToken : '',
  refreshToken: typeof refreshToken === 'string' ? refreshToken : '',
})

/** What a function that asks the account needs, for a client that signs in. */
export type Ask = (
  send: RequestClient,
  settings: Settings,
  credentials: unknown,
) => Promise<{ readonly request: SegmentRequest; readonly given: Given; readonly scheme: string }>

/** The client and the arguments of such a function. */
export function askerFor(plan: Plan): Ask {
  return async (send, settings, credentials) => {
    const given = givenFor(plan, settings, isObject(credentials) ? tokensOf(credentials) : undefined)
    const base = clientDefaults(await extensionOf(plan.definition, given))
    return { request: clientOver(send, { base }), given, scheme: plan.definition.scheme }
  }
}

/** Calls the definition's test with a client that signs in. */
export async function runTest(
  plan: Plan,
  test: Foreign,
  send: RequestClient,
  settings: Settings,
  auth?: RequestAuth,
): Promise<unknown> {
  const { request, given, scheme } = await askerFor(plan)(send, settings, auth)
  return await meant('testAuthentication', scheme, async () => test(request, given))
}

/** Runs a function of the definition; what it throws says who must act. */
export async function meant<T>(name: Thrown['name'], scheme: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw meaningOf(error, { name, scheme })
  }
}
