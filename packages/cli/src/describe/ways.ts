import type { AuthStrategy, Connector, Fields } from '@latchkey/core'
import { everyField } from '../values/given.ts'

/** One way of signing in: what `select` leads to when these options are chosen. */
export interface Way {
  /** Ids by discriminator, an outer selector's before an inner one's. */
  readonly options: Readonly<Record<string, string>>
  readonly leaf: AuthStrategy
  /** Everything that is asked on this way, without the fields that choose it. */
  readonly fields: Fields
}

/** Every way of signing in, in the order of the options. */
export function waysOf({ auth }: Pick<Connector, 'auth'>): Way[] {
  return below(auth, {}, {})
}

function below(auth: AuthStrategy, options: Readonly<Record<string, string>>, outer: Fields): Way[] {
  const { discriminator, choices } = auth
  const { [discriminator ?? '']: _chooser, ...own } = auth.fields
  const fields = { ...outer, ...own }
  if (discriminator === undefined || choices === undefined) return [{ options, leaf: auth, fields }]
  return Object.entries(choices).flatMap(([id, choice]) =>
    below(choice, { ...options, [discriminator]: id }, fields),
  )
}

/** What an option of this way is called: `credentials.auth_type=oauth2.0`; undefined where there is no choice. */
export function nameOf({ options }: Way): string | undefined {
  const chosen = Object.values(options)
  return chosen.length === 0 ? undefined : chosen.join(' / ')
}

/** Every field of a connector, those that choose included. */
export const allFields = (connector: Connector): Fields => everyField(connector.auth)
