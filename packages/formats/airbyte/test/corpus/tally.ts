import { isAuthError } from '@latchkey/core'
import { isObject, type JsonObject } from '@latchkey/core/definition'
import { fromAirbyte } from '../../src/index.ts'
import {
  authenticatorsOf,
  resolveManifest,
  sameAuthenticator,
  type StreamAuth,
} from '../../src/resolve/index.ts'
import { manifestNames, manifestOf } from './corpus.ts'

/** An authenticator of a manifest, a branch of a selector among them, and why it cannot be expressed. */
interface Found {
  readonly manifest: string
  readonly type: string
  readonly definition: JsonObject | undefined
  readonly reason: string | undefined
}

const titles: readonly (readonly [type: string, title: string])[] = [
  ['BearerAuthenticator', 'Bearer'],
  ['ApiKeyAuthenticator', 'API key'],
  ['BasicHttpAuthenticator', 'Basic'],
  ['OAuthAuthenticator', 'OAuth'],
  ['SessionTokenAuthenticator', 'Session token'],
  ['LegacySessionTokenAuthenticator', 'Legacy session token'],
  ['JwtAuthenticator', 'JWT'],
  ['RateLimitedMultipleTokenAuthenticator', 'Token pool'],
  ['CustomAuthenticator', 'Custom (Python)'],
  ['NoAuth', 'NoAuth'],
  ['', 'none at all'],
]

/** What the corpus holds and what of it can be expressed, in Markdown; the same every time. */
export function tally(): string {
  const found = manifestNames.flatMap(foundIn)
  const names = (all: readonly Found[]): number => new Set(all.map(({ manifest }) => manifest)).size
  const rows = titles.flatMap(([type, title]) => {
    const all = found.filter((each) => each.type === type)
    const good = all.filter(({ reason }) => reason === undefined)
    return all.length === 0 ? [] : [[title, names(all), all.length, good.length]]
  })
  const lost = found.filter(({ reason }) => reason !== undefined)
  const selective = found.filter(({ type }) => type === 'SelectiveAuthenticator')
  const replaced = found
    .filter(({ type, reason }) => type === 'CustomAuthenticator' && reason === undefined)
    .map(
      ({ manifest, definition }) =>
        `- ${manifest}: \`${JSON.stringify(definition?.['class_name']).replaceAll('"', '')}\``,
    )
  return [
    `${manifestNames.length} manifests, of which ${names(lost) === 0 ? 'every one' : `all but ${names(lost)}`} can be used; ${names(selective)} let the user choose among several authenticators, whose branches are counted by their own type.`,
    '',
    table(['authenticator', 'manifests', 'definitions', 'expressed'], rows),
    '',
    ...(replaced.length === 0
      ? []
      : ['Python classes with a scheme of ours in their place:', '', ...replaced, '']),
    lost.length === 0 ? 'Not expressible: none.' : 'Not expressible:',
    ...(lost.length === 0
      ? []
      : ['', ...lost.map(({ manifest, reason }) => `- ${manifest}: ${reason ?? ''}`)]),
    '',
  ].join('\n')
}

function foundIn(manifest: string): Found[] {
  const definition = manifestOf(manifest)
  const requests = authenticatorsOf(resolveManifest(definition))
  const distinct: StreamAuth[] = []
  for (const request of requests)
    if (!distinct.some((each) => sameAuthenticator(each.authenticator, request.authenticator)))
      distinct.push(request)
  // A request without an authenticator beside others that have one is a part of them.
  const shown = distinct.some(({ authenticator }) => authenticator)
    ? distinct.filter(({ authenticator }) => authenticator)
    : distinct.slice(0, 1)
  const reason = refusal(() => fromAirbyte(definition))
  if (shown.length === 0) return [{ manifest, type: '', definition: undefined, reason }]
  return shown.flatMap(({ authenticator, stream }) => {
    const own = { manifest, reason: refusal(() => fromAirbyte(definition, { stream })) ?? reason }
    const one = (each: JsonObject | undefined): Found => ({
      ...own,
      type: typeof each?.['type'] === 'string' ? each['type'] : '',
      definition: each,
    })
    const branches = authenticator?.['authenticators']
    return [
      one(authenticator),
      ...(isObject(branches) && authenticator?.['type'] === 'SelectiveAuthenticator'
        ? Object.values(branches).filter(isObject).map(one)
        : []),
    ]
  })
}

function refusal(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (isAuthError(error)) return error.message
    throw error
  }
}

/** A table as prettier lays it out. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String))
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => (row[at] ?? '').length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  const [first = [], ...rest] = cells
  return [line(first), rule, ...rest.map(line)].join('\n')
}
