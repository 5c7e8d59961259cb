import type { AuthStrategy } from '@latchkey/core'
import { below, type Warning } from '@latchkey/core/definition'
import { hostChosenBy, type Hosts as Chosen } from '../formula/index.ts'
import { baseFor } from './client.ts'
import { methodOf, type Plan } from './plan.ts'
import { endpointOf, isPlain } from './urls.ts'

/** Any host that is https: what comes of a value or of code is checked where it is known. */
const anywhere = 'https://*'

/** Where a definition says that its API is. */
export interface Hosts {
  readonly addresses: Pick<AuthStrategy, 'baseUrl' | 'origins'>
  readonly warnings: readonly Warning[]
}

/**
 * The base URL of a definition: as it stands where it is written out, else worked out for each connection and held
 * against the pattern that can be derived.
 * @throws {AuthError} definition_invalid for a URL that is none, or that is not https
 */
export function hostsOf(plan: Plan): Hosts {
  const method = methodOf(plan, 'makeApiClient')
  if (method === undefined) return { addresses: {}, warnings: [] }
  const at = below(method.at, 'baseUri')
  const plain = method.kind === 'mapping' && isPlain(method.mapping) ? method.mapping : undefined
  const written = plain?.['baseUri'] ?? plain?.['baseUrl']
  if (plain !== undefined && written === undefined) return { addresses: {}, warnings: [] }
  if (typeof written === 'string') return { addresses: { baseUrl: endpointOf(written, at) }, warnings: [] }
  const baseUrl: AuthStrategy['baseUrl'] = ({ settings, credentials }) => baseFor(plan, settings, credentials)
  const { origins, by } = plain === undefined ? unknown : hostChosenBy(written, at)
  return {
    addresses: { baseUrl, origins: origins === undefined || isEither(origins) ? [anywhere] : origins },
    warnings: origins === undefined ? [risky(by, at)] : [],
  }
}

/**
 * Several exact origins (production and sandbox) are alternatives: one account's credentials go to its own alone, and would
 * go to all of them if they were stated. Which it is, the URL itself says: its host is written out.
 */
const isEither = (origins: readonly string[]): boolean =>
  origins.length > 1 && origins.every((origin) => origin.startsWith('https:'))

const unknown: Chosen = { origins: undefined, by: ['What is computed'] }

function risky(by: readonly string[], path: string): Warning {
  const message = `${by.join(' and ')} chooses the host that gets the credentials; give the option origins where it is always the same.`
  return { path, message }
}
