import type { AuthStrategy, Json } from '@latchkey/core'
import { below, invalid, type JsonObject, type Warning } from '@latchkey/core/definition'
import type { Definition } from '../dialect/types.ts'
import type { MembraneOptions } from '../options.ts'
import { checkMethods } from './check.ts'
import { clientCredentialsWay } from './client-credentials.ts'
import { endOf, valuesOf, type MembraneCredentials } from './credentials.ts'
import { textsIn } from './failure.ts'
import { formFor, partOf } from './form.ts'
import { hostsOf } from './hosts.ts'
import { oauth1Way } from './oauth1.ts'
import { oauth2Way } from './oauth2.ts'
import { variablesOf, type Plan, type Settings, type Way } from './plan.ts'
import { proxyWay } from './proxy.ts'
import { strategyOf } from './strategy.ts'
import { tokenWay } from './token.ts'

/** One way of signing in, and how its connections look at Membrane. */
export interface Option {
  readonly strategy: AuthStrategy
  readonly warnings: readonly Warning[]
  settingsOf(config: JsonObject): Readonly<Record<string, Json>>
  credentialsOf(config: JsonObject): MembraneCredentials | undefined
  configOf(settings: Settings, credentials: unknown): JsonObject
}

/**
 * Reads one way of signing in, with what it inherits. `key`: the option's; undefined: the definition is one itself.
 * @throws {AuthError} definition_invalid or unsupported, with the path
 */
export function readOption(definition: Definition, key: string | undefined, given: MembraneOptions): Option {
  const { type, at } = definition
  if (type === undefined) throw invalid(below(at, 'type'), 'is missing')
  const more = checkMethods(definition, type)
  const form = formFor(definition)
  const hidden = { ...given.connectorParameters, ...given.optionsConfig?.[key ?? '']?.parameters }
  const plan: Plan = {
    definition,
    scheme: `membrane-${type}${key === undefined ? '' : `(${key})`}`,
    fields: form.fields,
    given(settings) {
      const { connectionInput, connectorParameters } = form.given(settings)
      return { connectionInput, connectorParameters: { ...hidden, ...connectorParameters } }
    },
    stated: { baseUrl: given.baseUrl, origins: given.origins },
  }
  const way = wayOf(plan, given)
  const hosts = hostsOf(plan)
  const fields = { ...withGiven(form.fields, hidden), ...way.fields }
  const isOwn = (name: string): boolean => way.fields !== undefined && Object.hasOwn(way.fields, name)
  return {
    strategy: strategyOf(plan, way, {
      ...aboutOf(definition),
      fields,
      ...hosts.addresses,
      // Another connection decides by itself where its credentials may go.
      ...(type === 'proxy' && hosts.addresses.baseUrl === undefined && { origins: ['https://*'] }),
      hidden: textsIn(hidden),
    }),
    warnings: [...more, ...form.warnings, ...hosts.warnings, ...noted(definition, given)],
    settingsOf(config) {
      const all = { ...partOf(config, ['connectorParameters', 'parameters']), ...partOf(config, ['input']) }
      const own = Object.entries(all).filter(([name]) => isOwn(name))
      return { ...form.settingsOf(config), ...(Object.fromEntries(own) as Record<string, Json>) }
    },
    credentialsOf(config) {
      const held = partOf(config, ['credentials'])
      const input = type === 'client-credentials' ? form.given(form.settingsOf(config)).connectionInput : {}
      const earned = Object.entries(held).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(input[name]),
      )
      if (earned.length === 0) return undefined
      const expiresAt = endOf({ expires_at: held['expires_at'] }, 0)
      return { values: Object.fromEntries(earned), ...(expiresAt !== undefined && { expiresAt }) }
    },
    configOf(settings, credentials) {
      const { connectionInput, connectorParameters } = form.given(settings)
      const own = Object.entries(settings).filter(([name]) => isOwn(name))
      const earned = valuesOf(credentials)
      const seen = variablesOf(plan, settings, credentials)['credentials'] as JsonObject
      return {
        input: { ...connectionInput, ...(Object.fromEntries(own) as JsonObject) },
        connectorParameters,
        ...(Object.keys({ ...seen, ...earned }).length > 0 && { credentials: seen }),
      }
    },
  }
}

function wayOf(plan: Plan, { through, user = {} }: MembraneOptions): Way {
  switch (plan.definition.type) {
    case 'oauth2':
      return oauth2Way(plan)
    case 'oauth1':
      return oauth1Way(plan)
    case 'proxy':
      return proxyWay(plan, through)
    case 'integration-app-token':
    case 'membrane-token':
      return tokenWay(plan, user)
    default:
      return clientCredentialsWay(plan)
  }
}

/** What is given in code need not be given again. */
function withGiven(fields: AuthStrategy['fields'], given: JsonObject): AuthStrategy['fields'] {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      field.owner === 'app' && Object.hasOwn(given, name) ? { ...field, required: false } : field,
    ]),
  )
}

function aboutOf({
  title,
  description,
  ui,
  inputSchema,
}: Definition): Pick<AuthStrategy, 'title' | 'description' | 'helpUrl'> {
  const said = description ?? textIn(inputSchema, 'description') ?? ui?.description
  const help = ui?.helpUri
  return {
    ...(title !== undefined && { title }),
    ...(said !== undefined && { description: said }),
    ...(help !== undefined && isLink(help) && { helpUrl: help }),
  }
}

/** It becomes a link on a form, and a link may be a script. */
const isLink = (text: string): boolean => URL.canParse(text) && /^https?:/i.test(text)

function noted({ type, at, ui, proxyKey = '' }: Definition, { through }: MembraneOptions): Warning[] {
  const isUnopened = type === 'proxy' && through === undefined
  const opens = `"${proxyKey}" is another connection of yours: give the option through, which opens it.`
  const isBad = ui?.helpUri !== undefined && !isLink(ui.helpUri)
  const leaves = 'is no http or https URL, and is left out.'
  return [
    ...(isUnopened ? [{ path: below(at, 'proxyKey'), message: opens }] : []),
    ...(isBad ? [{ path: below(below(at, 'ui'), 'helpUri'), message: leaves }] : []),
  ]
}

function textIn(value: unknown, name: string): string | undefined {
  const member: unknown = (Object(value) as Readonly<Record<string, unknown>>)[name]
  return typeof member === 'string' ? member : undefined
}
