import type { AuthStrategy, Connector, Field } from '@latchkey/core'
import type { Warning } from '@latchkey/core/definition'
import type { Definition } from '../definition/load.ts'
import { isAskedLater } from '../values/form.ts'
import { rehearse, type Rehearsed } from './places.ts'
import { settled } from './sample.ts'
import { nameOf, waysOf, type Way } from './ways.ts'

/** A field of a form, as a reader wants to know it. */
export interface FieldSummary {
  readonly name: string
  readonly label: string
  readonly type: Field['type']
  readonly secret: boolean
  /** Who fills it in: the user, the operator once, or the user after signing in. */
  readonly by: 'user' | 'operator' | 'user, after signing in'
  readonly required: boolean | 'sometimes'
}

/** A way of signing in, and what it does. */
export interface WaySummary {
  readonly option: string | null
  readonly title: string | null
  readonly scheme: string
  readonly fields: readonly FieldSummary[]
  /** Where credentials go on a request; null: only a real sign-in shows it. */
  readonly places: readonly string[] | null
  /** The page where a person agrees; null: nobody need agree, or its address is not known before. */
  readonly consentUrl: string | null
  readonly consent: boolean
  /** How credentials are renewed. */
  readonly renewal: 'refresh' | 'sign in again by itself' | 'a person signs in again' | 'nothing to renew'
  readonly test: boolean
  readonly revoke: boolean
  readonly hosts: readonly string[]
}

/** What a connector needs and does. */
export interface Description {
  readonly key: string
  readonly name: string
  readonly description: string | null
  readonly helpUrl: string | null
  /** The system that it was written for; null: for us. */
  readonly format: string | null
  readonly ways: readonly WaySummary[]
  /** Of a manifest: each authenticator once, with the places that share it. */
  readonly authenticators?: readonly { readonly type: string; readonly paths: readonly string[] }[]
  readonly warnings: readonly Warning[]
}

/** Describes a connector; sends nothing. */
export async function describe(connector: Connector, definition?: Definition): Promise<Description> {
  const ways: WaySummary[] = []
  const problems = new Set<string>()
  for (const each of waysOf(connector)) {
    const way = settled(connector, each)
    const seen = await rehearse(connector, way)
    ways.push(summaryOf(connector, way, seen))
    if (seen?.problem !== undefined) problems.add(seen.problem)
  }
  return {
    key: connector.key,
    name: connector.name,
    description: connector.description ?? null,
    helpUrl: connector.helpUrl ?? null,
    format: definition?.format ?? null,
    ways,
    ...(definition?.format === 'airbyte' && { authenticators: await sharedIn(definition) }),
    warnings: [
      ...(definition?.imported.warnings ?? []),
      ...[...problems].map((message) => ({ path: '', message })),
    ],
  }
}

async function sharedIn({ content }: Definition): Promise<Required<Description>['authenticators']> {
  const { sharedAuthenticators } = await import('@latchkey/format-airbyte')
  return sharedAuthenticators(content).map(({ authenticator: { type }, paths }) => ({
    type: typeof type === 'string' ? type : 'unnamed',
    paths,
  }))
}

function summaryOf(connector: Connector, way: Way, seen: Rehearsed | undefined): WaySummary {
  const { leaf, fields } = way
  const consentUrl = seen?.consent && `${seen.consent.origin}${seen.consent.pathname}`
  return {
    option: nameOf(way) ?? null,
    title: leaf.title ?? null,
    scheme: leaf.scheme,
    fields: Object.entries(fields).map(([name, field]) => fieldSummary(name, field)),
    places: seen?.places ?? null,
    consentUrl: consentUrl ?? null,
    consent: leaf.authorize !== undefined,
    renewal: renewalOf(leaf),
    test: (connector.test ?? leaf.test) !== undefined,
    revoke: leaf.revoke !== undefined,
    hosts: hostsOf(connector, leaf),
  }
}

function fieldSummary(name: string, field: Field): FieldSummary {
  const { label, type, owner, required, when } = field
  const isConditional = typeof required === 'object' || (required === true && when !== undefined)
  return {
    name,
    label,
    type,
    secret: field.public !== true,
    by: owner === 'app' ? 'operator' : isAskedLater(field) ? 'user, after signing in' : 'user',
    required: isConditional ? 'sometimes' : required === true && field.default === undefined,
  }
}

function renewalOf(leaf: AuthStrategy): WaySummary['renewal'] {
  if (leaf.refresh) return 'refresh'
  if (leaf.acquire) return 'sign in again by itself'
  return leaf.authorize ? 'a person signs in again' : 'nothing to renew'
}

/** Where credentials may go, as the definition says it; a function of the settings is named by its patterns. */
export function hostsOf(connector: Connector, leaf: AuthStrategy): string[] {
  const base = leaf.baseUrl ?? connector.baseUrl
  const { origins, originPatterns = [] } = connector
  const named = typeof origins === 'object' ? origins : originPatterns
  const all = [...(typeof base === 'string' ? [base] : []), ...named, ...(leaf.origins ?? [])]
  return [...new Set(all)]
}
