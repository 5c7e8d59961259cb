import {
  AuthError,
  defineConnector,
  isAuthError,
  options as selector,
  type AuthStrategy,
  type Fields,
} from '@latchkey/core'
import { below, invalid, type Imported, type JsonObject, type Warning } from '@latchkey/core/definition'
import type { MembraneCredentials } from './auth/credentials.ts'
import { operationFile, withOperation } from './auth/operation.ts'
import { readOption, type Option } from './auth/option.ts'
import { normalise } from './dialect/index.ts'
import type { Definition } from './dialect/types.ts'
import { evaluate, locatorsIn } from './formula/index.ts'
import { effectiveOption } from './merge/index.ts'
import type { MembraneOptions } from './options.ts'

/** The setting that holds the key of the chosen option, as Membrane calls it. */
const discriminator = 'authOptionKey'

/** A definition written for Membrane, as a connector. */
export interface MembraneImport extends Imported {
  credentialsOf(config: JsonObject): MembraneCredentials | undefined
}

/**
 * Reads a definition of Membrane's in any of its three dialects. Nothing of it is run before a connection needs it, and
 * never as source text: functions come as modules that the host has imported.
 * @throws {AuthError} definition_invalid or unsupported, with the path in the file
 */
export function fromMembrane(spec: unknown, given: MembraneOptions = {}): MembraneImport {
  const { files = {} } = given
  const { definition, warnings } = normalise(spec, files)
  const { key, name } = definition
  const offered = definition.options === undefined ? undefined : offeredBy(definition, given)
  const read = offered
    ? Object.fromEntries(offered.keys.map((each) => [each, optionOf(definition, each, given)]))
    : { '': readOption(withOperation(definition, files), undefined, given) }
  const operations = [definition, ...Object.values(definition.options ?? {})].flatMap(({ test }) =>
    test?.kind === 'operation-mapping' ? [operationFile(files, test.operationKey)] : [],
  )
  const about = {
    key: given.key ?? key ?? slug(name) ?? 'membrane',
    name: given.name ?? name ?? key ?? 'Membrane',
  }
  const chosen = (config: Readonly<Record<string, unknown>>): Option => choose(read, config[discriminator])
  const tagged = ({ [discriminator]: tag }: Readonly<Record<string, unknown>>): Record<string, string> =>
    offered && typeof tag === 'string' ? { [discriminator]: tag } : {}
  return {
    connector: built(definition, () =>
      defineConnector({
        ...about,
        auth: offered ? oneOf(read) : (read[''] as Option).strategy,
        ...(given.baseUrl !== undefined && { baseUrl: given.baseUrl }),
        ...(given.origins !== undefined && { origins: given.origins }),
      }),
    ),
    warnings: [
      ...warnings.filter(({ path }) => !operations.includes(path)),
      ...(offered?.warnings ?? []),
      ...Object.values(read).flatMap((option) => option.warnings),
    ],
    settingsOf: (config) => ({ ...tagged(config), ...chosen(config).settingsOf(config) }),
    credentialsOf: (config) => chosen(config).credentialsOf(config),
    configOf: (settings, credentials) => ({
      ...tagged(settings),
      ...chosen(settings).configOf(settings, credentials),
    }),
  }
}

function optionOf(definition: Definition, key: string, given: MembraneOptions): Option {
  const { definition: own, warnings } = effectiveOption(definition, key)
  const option = readOption(withOperation(own, given.files ?? {}), key, given)
  return { ...option, warnings: [...warnings, ...option.warnings] }
}

/** The options that are neither disabled by the operator nor by their own `enabled`. */
function offeredBy(
  definition: Definition,
  { optionsConfig = {}, connectorParameters }: MembraneOptions,
): { readonly keys: readonly string[]; readonly warnings: readonly Warning[] } {
  const warnings: Warning[] = []
  const keys = Object.entries(definition.options ?? {}).flatMap(([key, { enabled, at }]) => {
    const { disabled, parameters } = optionsConfig[key] ?? {}
    if (disabled === true) return []
    const known = { ...connectorParameters, ...parameters }
    const path = below(at, 'enabled')
    if (locatorsIn(enabled).length > 0 && connectorParameters === undefined && parameters === undefined) {
      const message =
        'depends on connector parameters, which are not known here: the option is offered. Give connectorParameters.'
      warnings.push({ path, message })
      return [key]
    }
    const variables = { connectorParameters: known, appParameters: known }
    return enabled === undefined || Boolean(evaluate(enabled, variables, path)) ? [key] : []
  })
  if (keys.length === 0)
    throw invalid(
      below(definition.at, 'options'),
      'none is left: enable one for the connector to have a way in',
    )
  return { keys, warnings }
}

/** A selector over the options; what is the same in all of them is asked once. */
function oneOf(read: Readonly<Record<string, Option>>): AuthStrategy {
  const entries = Object.entries(read).map(([key, { strategy }]) => ({ key, strategy }))
  const [first] = entries
  const fields: Fields = Object.fromEntries(
    Object.entries(first?.strategy.fields ?? {}).filter(([name, field]) =>
      entries.every(({ strategy }) => JSON.stringify(strategy.fields[name]) === JSON.stringify(field)),
    ),
  )
  const own = ({ strategy }: { readonly strategy: AuthStrategy }): AuthStrategy => ({
    ...strategy,
    fields: Object.fromEntries(
      Object.entries(strategy.fields).filter(([name]) => !Object.hasOwn(fields, name)),
    ),
  })
  const strategies = Object.fromEntries(entries.map((entry) => [entry.key, own(entry)]))
  return selector(strategies, {
    discriminator,
    fields,
    ...(entries.length === 1 && first && { default: first.key }),
  }) as AuthStrategy
}

function choose(read: Readonly<Record<string, Option>>, key: unknown): Option {
  const keys = Object.keys(read)
  const [only] = keys.length === 1 ? Object.values(read) : []
  const option = typeof key === 'string' && Object.hasOwn(read, key) ? read[key] : only
  if (option) return option
  throw new AuthError('settings_invalid', `${discriminator}: Choose one of: ${keys.join(', ')}.`, {
    field: discriminator,
  })
}

/** What our own strategies refuse is the definition's fault. */
function built<T>({ at }: Definition, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (isAuthError(error)) throw error
    throw invalid(at, (error as Error).message)
  }
}

function slug(name: string | undefined): string | undefined {
  const text = name
    ?.toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '')
  return text === '' ? undefined : text
}
