import type { AuthStrategy, Fields, Json } from '@latchkey/core'
import { integrationAppToken, membraneToken } from '@latchkey/jwt'
import type { Own, Plan, Way } from './plan.ts'
import { delegated } from './proxy.ts'

/** What is known of the user whom a token speaks for. */
export interface TokenUser {
  /** Fields of the form besides `userId`. */
  readonly fields?: Fields | undefined
  /** The claim `fields`: a template whose texts have slots for settings (`{ plan: '{plan}' }`). Default `{}`. */
  readonly claims?: { readonly [name: string]: Json } | undefined
}

/** A JWT of the workspace on each request: HS256, for an hour. The operator gives `workspaceKey` and `workspaceSecret`. */
export function tokenWay(plan: Plan, { fields = {}, claims = {} }: TokenUser): Way {
  const make = plan.definition.type === 'membrane-token' ? membraneToken : integrationAppToken
  const strategy: AuthStrategy = make({ fields, userFields: claims })
  return { ...delegated(strategy as Own), fields: strategy.fields }
}
