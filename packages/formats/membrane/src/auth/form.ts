import type { Field, Fields, Json } from '@latchkey/core'
import {
  below,
  isObject,
  memberAt,
  type JsonObject,
  type SchemaForm,
  type Warning,
} from '@latchkey/core/definition'
import type { Definition, MethodName } from '../dialect/types.ts'
import { locatorsIn, parseLocator } from '../formula/index.ts'
import { formOfSchema } from '../schema/index.ts'
import type { Given, Settings } from './plan.ts'

/** The form of one way of signing in: what the user is asked, and what the operator sets once. */
export interface MembraneForm {
  readonly fields: Fields
  readonly warnings: readonly Warning[]
  given(settings: Settings): Given
  settingsOf(config: JsonObject): Readonly<Record<string, Json>>
}

const inputNames = ['input', 'connectionInput', 'connectionParameters']
const parameterNames = ['connectorParameters', 'parameters', 'appParameters']

/**
 * One flat form out of the two schemas, and of what formulas speak of that no schema has. Where both schemas have a
 * property of one name, the operator's is called `connectorParameters.NAME`.
 */
export function formFor(definition: Definition): MembraneForm {
  const { inputSchema, parametersSchema, at } = definition
  const asked = askedFor(definition)
  const input = formOfSchema(withMore(inputSchema, asked.input), below(at, 'inputSchema'))
  const parameters = formOfSchema(withMore(parametersSchema, asked.parameters), below(at, 'parametersSchema'))
  const renamed = (name: string): string =>
    Object.hasOwn(input.fields, name) ? `connectorParameters.${name}` : name
  const operators = Object.entries(parameters.fields).map(([name, field]): [string, Field] => [
    renamed(name),
    operatorField(name, field, renamed, asked.parameters.includes(name)),
  ])
  const known = new WeakMap<Settings, Given>()
  return {
    fields: { ...input.fields, ...Object.fromEntries(operators) },
    warnings: [
      ...input.warnings,
      ...parameters.warnings,
      ...asked.input.map((name) => undeclared(below(at, 'inputSchema'), name)),
    ],
    given(settings) {
      const before = known.get(settings)
      if (before) return before
      const own = Object.keys(parameters.fields).map(
        (name) => [name, memberAt(settings, [renamed(name)])] as const,
      )
      const made: Given = {
        connectionInput: input.configOf(settings),
        connectorParameters: parameters.configOf(
          Object.fromEntries(own.filter(([, value]) => value !== undefined)),
        ),
      }
      known.set(settings, made)
      return made
    },
    settingsOf: (config) => ({
      ...input.settingsOf(partOf(config, inputNames)),
      ...renamedIn(parameters, partOf(config, parameterNames), renamed),
    }),
  }
}

function renamedIn(
  form: SchemaForm,
  config: JsonObject,
  renamed: (name: string) => string,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(form.settingsOf(config)).map(([name, value]) => [renamed(name), value]),
  )
}

/** A part of the configuration of a connection, under whichever of its names it has. */
export function partOf(config: JsonObject, names: readonly string[]): JsonObject {
  const part = names.map((name) => config[name]).find((each) => each !== undefined && each !== null)
  return isObject(part) ? part : {}
}

const openly = /^(?:client_?id|consumer_?key|scopes?|environment|region|tenant|domain|subdomain|host)$/i
const identity = /^(?:client_?id|consumer_?key)$/i

/** What only the operator sees: the client's id is public and must be there, where no schema says otherwise. */
function operatorField(
  name: string,
  field: Field,
  renamed: (name: string) => string,
  isBare: boolean,
): Field {
  const { when, ...rest } = field
  return {
    ...rest,
    ...(isBare && openly.test(name) && { public: true }),
    ...(isBare && identity.test(name) && { required: true }),
    ...(when && { when: JSON.parse(JSON.stringify(when), renaming(renamed)) as typeof when }),
    owner: 'app',
  }
}

/** Conditions speak of the other fields by the names that those have here. */
const renaming =
  (renamed: (name: string) => string) =>
  (key: string, value: unknown): unknown =>
    key === 'field' && typeof value === 'string' ? renamed(value) : value

function undeclared(path: string, name: string): Warning {
  return {
    path,
    message: `does not have "${name}", of which a formula speaks; the form asks for it as a text.`,
  }
}

/** What formulas speak of and no schema has. */
function askedFor(definition: Definition): { readonly input: string[]; readonly parameters: string[] } {
  const { inputSchema, parametersSchema, customCredentialsSchema, credentialsSchema, type } = definition
  // Without any schema the input is what the client is made of.
  const verbatim =
    type === 'client-credentials' &&
    inputSchema === undefined &&
    [definition.getCredentialsFromConnectionParameters, customCredentialsSchema, credentialsSchema].every(
      (each) => each === undefined,
    ) &&
    definition.refreshCredentials === undefined
  const roots: Readonly<Record<string, 'input' | 'parameters' | undefined>> = {
    connectionInput: 'input',
    connectionParameters: 'input',
    connectorParameters: 'parameters',
    appParameters: 'parameters',
    ...(verbatim && { credentials: 'input' }),
  }
  const names = { input: new Set<string>(), parameters: new Set<string>() }
  for (const locator of methods.flatMap((name) => locatorsOf(definition, name))) {
    const [root, name] = parseLocator(locator) ?? []
    const kind = typeof root === 'string' && Object.hasOwn(roots, root) ? roots[root] : undefined
    const schema = kind === 'input' ? inputSchema : parametersSchema
    if (
      kind !== undefined &&
      typeof name === 'string' &&
      memberAt(schema, ['properties', name]) === undefined
    )
      names[kind].add(name)
  }
  // Code cannot be looked into: what such an application always has is asked for.
  const isCode = definition.getOAuthConfig?.kind === 'javascript' && parametersSchema === undefined
  if (isCode && type === 'oauth2') for (const name of ['clientId', 'clientSecret']) names.parameters.add(name)
  if (isCode && type === 'oauth1')
    for (const name of ['consumerKey', 'consumerSecret']) names.parameters.add(name)
  return { input: [...names.input], parameters: [...names.parameters] }
}

const methods: readonly MethodName[] = [
  'makeApiClient',
  'test',
  'getOAuthConfig',
  'getTokenData',
  'getCredentialsFromConnectionParameters',
  'getCredentialsFromAccessTokenResponse',
  'getCredentialsFromRefreshTokenResponse',
]

function locatorsOf(definition: Definition, name: MethodName): readonly string[] {
  const method = definition[name]
  if (method?.kind === 'mapping') return locatorsIn(method.mapping)
  return method?.kind === 'rest-api-mapping' ? locatorsIn({ ...method.requestMapping }) : []
}

/** The schema with text properties of these names besides its own. */
function withMore(schema: unknown, names: readonly string[]): unknown {
  if (names.length === 0 && schema !== undefined) return schema
  const own = isObject(schema) ? schema : {}
  const properties: JsonObject = isObject(own['properties']) ? own['properties'] : {}
  const more = names.map((name): [string, JsonObject] => [name, { type: 'string', title: titleOf(name) }])
  return { type: 'object', ...own, properties: { ...properties, ...Object.fromEntries(more) } }
}

/** `clientId` as `Client id`. */
function titleOf(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
