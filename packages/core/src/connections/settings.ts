import type { Setup } from '../connection/setup.ts'
import type { Connector } from '../connector.ts'
import { AuthError } from '../errors.ts'
import { fieldsOf } from '../fields/settings.ts'
import type { AuthStrategy, Json } from '../strategy.ts'
import type { Settings } from './types.ts'

/** The strategy of that scheme among a selector's options. */
export function strategyOf(auth: AuthStrategy, scheme: string): AuthStrategy | undefined {
  if (auth.scheme === scheme && !auth.select) return auth
  for (const choice of Object.values(auth.choices ?? {})) {
    const found = strategyOf(choice, scheme)
    if (found) return found
  }
  return undefined
}

/**
 * The operator's values come from one source; a connection overrides them only through `app`.
 * @throws {AuthError} settings_invalid
 */
export function refuseOperatorValues({ auth }: Connector, settings: Settings): void {
  const fields = fieldsOf(auth)
  const faults = Object.keys(settings)
    .filter((field) => Object.hasOwn(fields, field) && fields[field]?.owner === 'app')
    .map((field) => ({
      field,
      problem: 'is set by the operator; pass it in app to override it for this connection',
    }))
  if (faults.length === 0) return
  throw new AuthError(
    'settings_invalid',
    faults.map(({ field, problem }) => `${field} ${problem}`).join('; '),
    { faults },
  )
}

/** What is written to the record: the user's checked settings, and the operator's only where they were overridden. */
export function storedSettings({ form }: Setup, overridden: Settings = {}): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(form.settings).filter(
      ([name]) => form.fields[name]?.owner !== 'app' || Object.hasOwn(overridden, name),
    ),
  ) as Record<string, Json>
}
