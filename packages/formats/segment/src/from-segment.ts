import { defineConnector, type Fields } from '@latchkey/core'
import type { Imported, Warning } from '@latchkey/core/definition'
import { parseUrlTemplate } from '@latchkey/core/http'
import { waysOf } from './config.ts'
import { readDefinition, when, type Definition, type Foreign } from './definition.ts'
import { asDocumented } from './documented.ts'
import { choicesBy } from './dynamic.ts'
import { readFields } from './fields.ts'
import { placesOf } from './origins.ts'
import { askerFor, type Plan } from './plan.ts'
import { probe, type Probe } from './probe.ts'
import { schemaFor } from './schema.ts'
import { strategyFor } from './strategy.ts'
import type { SegmentDestination, SegmentField, SegmentOptions } from './types.ts'
import type { ReadField } from './values.ts'

/**
 * A destination that was written for Segment, as a connector. It is the object that its module exports: the host imports
 * it, so its functions run with the host's rights. `extendRequest` is called at once, with made-up settings, to see which
 * hosts it names; it must only compute.
 * @throws {AuthError} definition_invalid naming the member, or where nothing says which hosts may see the credentials
 * @throws {TypeError} that names an option that cannot work
 */
export function fromSegment<const F extends Readonly<Record<string, SegmentField>>>(
  destination: SegmentDestination<F>,
  options?: SegmentOptions,
): Imported
export function fromSegment(destination: object, options?: SegmentOptions): Imported
export function fromSegment(destination: object, options: SegmentOptions = {}): Imported {
  const definition = asDocumented(readDefinition(destination))
  const { name, slug, description, warnings } = definition
  const read = readFields(definition, options.public ?? [], (field) =>
    choicesBy(definition.fields[field]?.['dynamic'] as unknown as Foreign, () => askerFor(plan)),
  )
  const seen = probe(definition, read)
  const labels = typeof options.baseUrl === 'string' ? labelsIn(options.baseUrl) : seen.labels
  const plan: Plan = {
    definition,
    options,
    places: placesOf(options, seen),
    read,
    fields: Object.fromEntries(
      Object.entries(read).map(([field, { field: own }]) => [
        field,
        labels.has(field) && own.type === 'string' && own.format === undefined
          ? { ...own, format: 'subdomain' as const }
          : own,
      ]),
    ),
    schema: schemaFor(definition.fields, read),
  }
  const auth = strategyFor(plan)
  const { baseUrl, origins, helpUrl } = options
  if (typeof baseUrl === 'string') checkSlots(baseUrl, auth.fields)
  const connector = defineConnector({
    key: options.key ?? keyOf(slug ?? name),
    name,
    auth,
    ...(description !== undefined && { description }),
    ...(helpUrl !== undefined && { helpUrl }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(origins !== undefined && { origins }),
  })
  const isOAuth = definition.scheme === 'oauth2' || definition.scheme === 'oauth-managed'
  return {
    connector,
    warnings: [...warnings, ...ofFields(read), ...ofExtension(definition, seen)],
    ...waysOf(read, auth.fields, isOAuth),
  }
}

/** The slots of a stated base URL that are one DNS label. */
function labelsIn(baseUrl: string): ReadonlySet<string> {
  const slots = parseUrlTemplate(baseUrl).host.flatMap((piece) => (typeof piece === 'string' ? [] : [piece]))
  return new Set(slots.filter(({ kind }) => kind === 'label').map(({ name }) => name))
}

function checkSlots(baseUrl: string, fields: Fields): void {
  const { host, port = '', path, query } = parseUrlTemplate(baseUrl)
  for (const piece of [...host, port, ...path, ...query]) {
    if (typeof piece === 'object' && !Object.hasOwn(fields, piece.name))
      throw new TypeError(`fromSegment: baseUrl names the unknown field "${piece.name}"`)
  }
}

const keyOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'segment'

const ofFields = (read: Readonly<Record<string, ReadField>>): Warning[] =>
  Object.values(read).flatMap(({ warnings }) => warnings)

const placed = [
  ...['headers', 'searchParams', 'username', 'password', 'prefixUrl', 'json', 'method', 'timeout'],
  ...['throwHttpErrors', 'responseType', 'beforeRequest', 'skipResponseCloning', 'statsContext'],
]

/** What an extension says that has no effect here. */
function ofExtension({ extend }: Definition, { members }: Probe): Warning[] {
  if (extend === undefined) return []
  const strange = [...members].filter((name) => ![...placed, 'agent', 'afterResponse'].includes(name))
  return [
    ...when(members.has('agent'), {
      path: 'extendRequest.agent',
      message:
        "It is passed over. A certificate or proxy belongs to connect's option fetch, which sends every request.",
    }),
    ...when(members.has('afterResponse'), {
      path: 'extendRequest.afterResponse',
      message:
        "It sees the answers to the definition's own functions; those of connection.fetch come as they are.",
    }),
    ...strange.map((name) => ({
      path: `extendRequest.${name}`,
      message: `"${name}" is nothing that every request can have, and is passed over as at Segment.`,
    })),
  ]
}
