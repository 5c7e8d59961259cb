import { below, invalid, isObject, type Warning } from '@latchkey/core/definition'
import type { AuthType, Definition, MethodName } from '../dialect/types.ts'
import { mergeSchemas } from '../schema/merge.ts'

type Part = Readonly<Record<string, unknown>>

const inputOf = ({ inputSchema, ui }: Part): unknown =>
  inputSchema ?? (isObject(ui) ? ui['schema'] : undefined)

/**
 * An option with what it inherits: schemas are merged, everything else that the option has replaces the connector's
 * whole. The key '' is the connector itself; undefined for a key that there is not. membrane.md section 9.
 */
export function mergeOption<D extends object>(connector: D, key: string): D | undefined {
  const base = connector as Part
  const options: Part = isObject(base.options) ? base.options : {}
  const option = Object.hasOwn(options, key) ? options[key] : key === '' ? {} : undefined
  if (!isObject(option)) return undefined
  const own = option as Part
  const schemas = {
    inputSchema: mergeSchemas([inputOf(base), inputOf(own)]),
    parametersSchema: mergeSchemas([base.parametersSchema, own.parametersSchema]),
    credentialsSchema: mergeSchemas([base.credentialsSchema, own.credentialsSchema]),
  }
  const merged = Object.entries({ ...base, ...own, ...schemas }).filter(
    // An option has no options.
    ([name, value]) => value !== undefined && name !== 'options',
  )
  return Object.fromEntries(merged) as D
}

/** Which types know the methods that are not common to all. membrane.md section 5. */
const typesOf: Readonly<Partial<Record<MethodName, readonly AuthType[]>>> = {
  getOAuthConfig: ['oauth2', 'oauth1'],
  getTokenData: ['oauth2'],
  getCredentialsFromAccessTokenResponse: ['oauth2'],
  getCredentialsFromRefreshTokenResponse: ['oauth2'],
  getCredentialsFromConnectionParameters: ['client-credentials', 'oauth2'],
  refreshCredentials: ['oauth2', 'oauth1', 'client-credentials'],
}

/** An option with what it inherits, and a warning for each function that was written for another type. */
export interface EffectiveOption {
  readonly definition: Definition
  readonly warnings: readonly Warning[]
}

/**
 * The definition that holds for an option.
 * @throws {AuthError} definition_invalid for a key that there is not
 */
export function effectiveOption(connector: Definition, key: string): EffectiveOption {
  const definition = mergeOption(connector, key)
  const { at, options = {} } = connector
  if (!definition)
    throw invalid(
      below(at, 'options'),
      `there is no option ${key}; there are: ${Object.keys(options).join(', ')}.`,
    )
  const own = Object.hasOwn(options, key) ? options[key] : undefined
  if (!own || connector.type === undefined || definition.type === connector.type)
    return { definition, warnings: [] }
  const type = definition.type
  const inherited = (Object.entries(typesOf) as [MethodName, readonly AuthType[]][]).filter(
    ([name, types]) =>
      connector[name] !== undefined &&
      connector[name].kind !== 'not-supported' &&
      own[name] === undefined &&
      type !== undefined &&
      types.includes(type),
  )
  return {
    definition,
    warnings: inherited.map(([name]) => ({
      path: below(own.at, name),
      message: `The option is of the type ${String(type)} and inherits ${name}, which was written for ${String(connector.type)}: give the option its own, or not-supported.`,
    })),
  }
}
