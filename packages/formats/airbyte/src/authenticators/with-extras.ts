import type { AuthStrategy } from '@latchkey/core'
import { below, type JsonObject, type Warning } from '@latchkey/core/definition'
import { putAll, type Placing } from '@latchkey/core/http'
import type { Scope } from '../template/index.ts'
import { eachLeaf } from './each-leaf.ts'
import { extrasIn, keyOf, speaksOfSecret, unreadable, type Extra, type IsSecret } from './extras.ts'
import { kept } from './made.ts'
import { optional, textIn } from './text.ts'
import type { Settings, Where } from './where.ts'

/** A requester, with its place in the manifest. */
export interface Placed {
  readonly requester: JsonObject
  readonly at: string
}

/**
 * A strategy that sends, before what it sends itself, what all these requesters send for their account. What only some of
 * them send is the caller's, and a warning says so. Where the caller or the strategy names the same place, ours stands and
 * the strategy's wins. `sent`: the names of headers and parameters.
 */
export function withExtras(
  strategy: AuthStrategy,
  requests: readonly Placed[],
  where: Where,
): { readonly strategy: AuthStrategy; readonly sent: readonly string[] } {
  const isSecret = (path: readonly string[]): boolean => {
    const field = where.fields[path.join('.')]
    return field !== undefined && field.public !== true
  }
  const all = requests.map(({ requester }) => extrasIn(requester, isSecret))
  const shared = (all[0] ?? []).filter((extra) =>
    all.every((each) => each.some((other) => keyOf(other) === keyOf(extra))),
  )
  warningsOf(requests, all, shared, isSecret).forEach(where.warn)
  if (shared.length === 0) return { strategy, sent: [] }
  const before = putting(shared, requests[0]?.at ?? where.at, where)
  return {
    strategy: eachLeaf(strategy, (leaf) => preceded(leaf, before)),
    sent: shared.map(nameOf),
  }
}

const nameOf = ({ name }: Extra): string => name.join('.')

const members = {
  header: 'request_headers',
  query: 'request_parameters',
  form: 'request_body_data',
  json: 'request_body_json',
} as const

function putting(extras: readonly Extra[], at: string, where: Where): AuthStrategy['apply'] {
  const texts = extras.map((extra) => ({ extra, text: textIn(extra.value, below(at, members[extra.in])) }))
  const under = kept(where, (scope: Scope, _: Settings) =>
    texts.flatMap(({ extra, text }): (readonly [Placing, string])[] => {
      const value = optional(text, scope, where.fields) ?? ''
      const [name = ''] = extra.name
      const place = extra.in === 'json' ? { in: extra.in, name: extra.name } : { in: extra.in, name }
      const placing: Placing = { ...place, field: text.field ?? name, scheme: 'custom' }
      return value === '' ? [] : [[placing, value]]
    }),
  )
  return (request, c) => putAll(request, under(c, c.settings as Settings))
}

/** A strategy with something put before it. */
function preceded(strategy: AuthStrategy, before: AuthStrategy['apply']): AuthStrategy {
  return {
    ...strategy,
    scheme: strategy.scheme === 'none' ? 'custom' : strategy.scheme,
    apply(request, c) {
      const done = before(request, c)
      const own = (): void | Promise<void> => strategy.apply(request, c)
      return done instanceof Promise ? done.then(own) : own()
    },
  }
}

function warningsOf(
  requests: readonly Placed[],
  all: readonly (readonly Extra[])[],
  shared: readonly Extra[],
  isSecret: IsSecret,
): Warning[] {
  const own = requests.flatMap(({ at }, index) =>
    (all[index] ?? [])
      .filter((extra) => !shared.some((other) => keyOf(other) === keyOf(extra)))
      .map((extra) => ({
        path: below(at, members[extra.in]),
        message: `"${nameOf(extra)}" is sent by some requests only, so it is the caller’s to send.`,
      })),
  )
  const texts = requests.flatMap(({ requester, at }) => {
    const { path, request_headers: headers, request_parameters: params } = requester
    const { request_body_data: data, request_body_json: json } = requester
    const before = typeof path === 'string' ? path.split('?', 1)[0] : undefined
    const places = {
      path: before,
      request_headers: headers,
      request_parameters: params,
      request_body_data: data,
      request_body_json: json,
    }
    return Object.entries(places)
      .filter(([, text]) => speaksOfSecret(text, isSecret))
      .map(([name]) => ({
        path: below(at, name),
        message: 'This text has a secret in it, so it is the caller’s to write.',
      }))
  })
  const broken = requests.flatMap(({ requester, at }) => unreadable(requester, Object.values(members), at))
  return [...own, ...texts, ...broken]
}
