import { invalid, isObject, type JsonObject } from '@latchkey/core/definition'
import type { Implementation } from '../dialect/types.ts'
import { endOf, merged, over, valuesOf, type MembraneCredentials } from './credentials.ts'
import { objectFrom, run, variablesOf, type Held, type Own, type Plan } from './plan.ts'
import { toolsOf } from './tools.ts'

/** New credentials, and the part of them that is new. */
export interface Renewed {
  readonly credentials: MembraneCredentials
  readonly fresh: JsonObject
}

/** `refreshCredentials` of the definition: what it returns is merged over what is held. */
export async function renewedByFunction(
  plan: Plan,
  method: Implementation,
  c: Held,
  sign?: Own['apply'],
): Promise<Renewed> {
  const held = c.credentials ?? { values: {} }
  const { problem: _, expiresAt: __, ...rest } = held
  const fresh = await run(method, variablesOf(plan, c.settings, held), toolsOf(plan, c, sign))
  if (!isObject(fresh)) throw invalid(method.at, 'must give an object with the new credentials')
  return { fresh, credentials: { ...rest, ...merged(valuesOf(held), fresh, c.now()) } }
}

/**
 * Renewed credentials with what the definition takes out of the answer. The old refresh token may have been used up by
 * then: the new one is kept, whatever the function makes of the answer.
 */
export async function withExtracted(
  plan: Plan,
  c: Held,
  { credentials, fresh }: Renewed,
): Promise<MembraneCredentials> {
  const { values } = credentials
  const variables = { ...variablesOf(plan, c.settings, credentials), tokenResponse: fresh }
  try {
    const name = 'getCredentialsFromRefreshTokenResponse'
    const more = (await objectFrom(plan, name, variables, { fetch: c.fetch })) ?? {}
    const end = endOf(more, c.now())
    return { ...credentials, values: over(values, more), ...(end !== undefined && { expiresAt: end }) }
  } catch {
    return { ...credentials, expiresAt: c.now() + 30_000, problem: 'unread' }
  }
}
