import { isAuthError } from '@latchkey/core'
import { merged } from './credentials.ts'
import { methodOf, objectFrom, variablesOf, type Plan, type Way } from './plan.ts'
import { renewedByFunction } from './renew.ts'

/**
 * Credentials are what the user typed, with what `getCredentialsFromConnectionParameters` earns merged over it. What was
 * earned once can be earned again: where nothing refreshes it, or what did is refused, the method is called anew.
 */
export function clientCredentialsWay(plan: Plan): Way {
  const login = methodOf(plan, 'getCredentialsFromConnectionParameters')
  const custom = methodOf(plan, 'refreshCredentials')
  if (login === undefined && custom === undefined) return { canRenew: () => false }
  return {
    canRenew: () => true,
    async acquire(c) {
      const { credentials: _, ...given } = variablesOf(plan, c.settings)
      const name = 'getCredentialsFromConnectionParameters'
      const made = await objectFrom(plan, name, given, { fetch: c.fetch })
      return merged({}, made ?? {}, c.now())
    },
    ...(custom && {
      async refresh(c) {
        try {
          return (await renewedByFunction(plan, custom, c)).credentials
        } catch (error) {
          if (login !== undefined && isAuthError(error) && error.code === 'credentials_rejected')
            return undefined
          throw error
        }
      },
    }),
  }
}
