import { isAuthError, type Connection, type Connector } from '@latchkey/core'
import { printable } from '../output/table.ts'
import { wholeUrl } from '../commands/verbose.ts'
import { rehearsal, sampleSettings, type Making } from './sample.ts'
import type { Way } from './ways.ts'

/** What a rehearsal with made-up values shows. */
export interface Rehearsed {
  /** `header authorization: Bearer •••`, `query api_key`, in the order of the request; absent: that is not known. */
  readonly places?: readonly string[]
  /** Where a person is sent, without the query; undefined: nobody need be sent. */
  readonly consent?: URL | undefined
  /** What is wrong with the definition, whatever the values are: a filter that there is not, say. */
  readonly problem?: string | undefined
}

/**
 * Signs a request that is not sent, with made-up values, and a provider that answers what was never asked for. Resolves
 * undefined for a scheme that is not taken in by that.
 */
export async function rehearse(connector: Connector, way: Way): Promise<Rehearsed | undefined> {
  let problem: Rehearsed | undefined
  for (const attempt of attempts) {
    const seen = await rehearsed(connector, way, attempt)
    if (seen?.places) return seen
    problem ??= seen
  }
  return problem
}

/** What is optional and no secret seldom says how to sign in, and a made-up value may be in the way. */
const attempts: readonly (Making & { readonly init?: RequestInit })[] = [
  { complete: false, addresses: false },
  { complete: true, addresses: false },
  { complete: true, addresses: true },
  {
    complete: true,
    addresses: false,
    init: { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
  },
  { complete: true, addresses: false, init: { method: 'POST', body: new URLSearchParams() } },
]

async function rehearsed(
  connector: Connector,
  way: Way,
  { init, ...making }: (typeof attempts)[number],
): Promise<Rehearsed | undefined> {
  const settings = sampleSettings(connector, way, making)
  if (settings === undefined) return undefined
  try {
    const connection = rehearsal(connector, settings)
    const consent = way.leaf.authorize && (await agree(connection))
    const base = await wholeUrl({ connection, connector, leaf: way.leaf, settings }, '/')
    const url = base ?? firstOrigin(connector, way)
    const request = new Request(url ?? 'https://sample.example/', init)
    const signed = await connection.apply(request.clone())
    await connection.close()
    return { places: await difference(request, signed), consent }
  } catch (error) {
    return isAuthError(error) && error.code === 'definition_invalid' ? { problem: error.message } : undefined
  }
}

async function agree({ authorize }: Connection): Promise<URL> {
  const redirectUri = 'http://127.0.0.1/'
  const { url, pending } = await authorize.begin({ redirectUri })
  const link = new URL(url)
  const answer = { code: 'sample', state: link.searchParams.get('state') ?? '' }
  await authorize.complete(pending, new URLSearchParams(answer), { redirectUri })
  return link
}

function firstOrigin({ origins }: Connector, { leaf }: Way): string | undefined {
  const [first] = [...(typeof origins === 'object' ? origins : []), ...(leaf.origins ?? [])]
  return first?.replace('*', 'sample')
}

async function difference(before: Request, after: Request): Promise<string[]> {
  const [from, to] = [new URL(before.url), new URL(after.url)]
  const headers = [...after.headers].flatMap(([name, value]) => {
    if (before.headers.get(name) === value) return []
    const [, word] = /^([A-Za-z][\w-]*) /.exec(value) ?? []
    return [`header ${name}${word === undefined ? '' : `: ${word} •••`}`]
  })
  const query = [...to.searchParams.keys()].filter((name) => !from.searchParams.has(name))
  const path = to.pathname === from.pathname ? [] : ['path']
  const body = (await after.text()) === (await before.text()) ? [] : ['body']
  return [...headers, ...new Set(query.map((name) => `query ${name}`)), ...path, ...body].map(printable)
}
