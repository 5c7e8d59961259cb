import { AuthError, type AuthStrategy } from '@latchkey/core'
import {
  below,
  invalid,
  isObject,
  memberAt,
  unknownMembers,
  type JsonObject,
} from '@latchkey/core/definition'
import { componentIn } from './text.ts'
import type { Settings, StrategyOf, Where } from './where.ts'

/** What a `SelectiveAuthenticator` chooses by, and what there is to choose from. */
export interface Branches {
  /** The path of the value in the configuration. */
  readonly path: readonly string[]
  /** Authenticators by the value that chooses them, each with its place in the manifest. */
  readonly branches: Readonly<Record<string, { readonly definition: JsonObject; readonly at: string }>>
}

/** Reads a `SelectiveAuthenticator`; no branch is looked into. @throws {AuthError} definition_invalid */
export function branchesOf(definition: JsonObject, at: string, warn: Where['warn']): Branches {
  const members = ['type', 'authenticator_selection_path', 'authenticators', '$parameters']
  unknownMembers(definition, members, at).forEach(warn)
  const { authenticator_selection_path: path, authenticators } = definition
  const names: readonly unknown[] = Array.isArray(path) ? path : []
  if (names.length === 0 || names.some((name) => typeof name !== 'string' || name === ''))
    throw invalid(below(at, 'authenticator_selection_path'), 'this must be a list of names.')
  const where = below(at, 'authenticators')
  if (!isObject(authenticators) || Object.keys(authenticators).length === 0)
    throw invalid(where, 'this must be a mapping of values to authenticators.')
  const branches = Object.entries(authenticators).map(([value, each]) => {
    const place = below(where, value)
    return [value, { definition: componentIn(each, place, 'an authenticator'), at: place }] as const
  })
  return { path: names as string[], branches: Object.fromEntries(branches) }
}

/** A `SelectiveAuthenticator` that stands inside another authenticator: the settings choose, and nothing of the rest runs. */
export function selectiveOf(definition: JsonObject, where: Where, strategyOf: StrategyOf): AuthStrategy {
  const { path, branches } = branchesOf(definition, where.at, where.warn)
  return selectedBy(where, strategyOf, branches, (config) => memberAt(config, path), path.join('.'))
}

/** A strategy that stands for the branch that the configuration picks. `field` is what errors name. */
export function selectedBy(
  where: Where,
  strategyOf: StrategyOf,
  branches: Branches['branches'],
  pick: (config: JsonObject) => unknown,
  field: string,
): AuthStrategy {
  const choices = Object.fromEntries(
    Object.entries(branches).map(([value, { definition, at }]) => [
      value,
      strategyOf(definition, { ...where, at }),
    ]),
  )
  const select = (settings: Settings): AuthStrategy => {
    const value = pick(where.configOf(settings))
    // Airbyte compares texts: a key is one, whatever type the configuration has.
    const key = typeof value === 'object' || value === undefined ? '' : pythonText(value)
    const choice = Object.hasOwn(choices, key) ? choices[key] : undefined
    if (choice) return choice
    const known = Object.keys(choices).join(', ')
    throw new AuthError('settings_invalid', `${where.at}: ${field} must be one of ${known}.`, { field })
  }
  return {
    scheme: 'selective',
    fields: where.fields,
    choices,
    select,
    apply: (request, c) => select(c.settings as Settings).apply(request, c),
  }
}

/** A boolean is `True` or `False`, as Python spells it. */
const pythonText = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)
