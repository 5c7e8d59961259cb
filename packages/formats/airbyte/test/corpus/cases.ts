import { isObject, type JsonObject } from '@latchkey/core/definition'
import { authenticatorsOf, resolveManifest, type StreamAuth } from '../../src/resolve/index.ts'
import { manifestOf, tableOf } from './corpus.ts'
import { sampleOf } from './samples.ts'

/** One way in which one stream of a manifest is authenticated. */
export interface Case {
  readonly name: string
  readonly manifest: unknown
  /** The first request that is authenticated in this way. */
  readonly request: StreamAuth
  readonly resolved: JsonObject
  /** As the table has it; `NoAuth` where there is none. */
  readonly definition: JsonObject
  /** A configuration that chooses it. */
  readonly config: JsonObject
}

interface Row {
  readonly authenticator: JsonObject
  readonly context: string
  readonly first_path: string
}

/** Every way of a manifest, each branch of a selector by itself. */
export function casesOf(name: string): readonly Case[] {
  const manifest = manifestOf(name)
  const resolved = resolveManifest(manifest)
  const requests = authenticatorsOf(resolved)
  const rows = (tableOf('authenticators') as Record<string, readonly Row[]>)[name] ?? []
  const [first] = requests
  if (rows.length === 0 && first)
    return [
      {
        name: `${name}, ${first.stream}`,
        manifest,
        resolved,
        request: first,
        definition: { type: 'NoAuth' },
        config: sampleOf(resolved) as JsonObject,
      },
    ]
  return rows
    .filter(({ context }) => context === 'stream')
    .flatMap(({ authenticator, first_path: path }) => {
      const at = path
        .replace(/\/authenticator$/, '')
        .replace(/\/(\d+)/g, '[$1]')
        .replace(/\//g, '.')
      const request = requests.find((each) => each.at === at)
      if (!request) throw new Error(`${name} has no request at ${at}`)
      const made = (
        label: string,
        definition: JsonObject,
        chosen?: { path: string[]; value: string },
      ): Case => ({
        name: label,
        manifest,
        resolved,
        request,
        definition,
        config: sampleOf(resolved, chosen) as JsonObject,
      })
      const branches = authenticator['authenticators']
      if (authenticator['type'] !== 'SelectiveAuthenticator' || !isObject(branches))
        return [made(`${name}, ${request.stream}`, authenticator)]
      const choice = (authenticator['authenticator_selection_path'] as readonly string[]).map(String)
      return Object.entries(branches).map(([value, branch]) =>
        made(`${name}, ${request.stream}, ${value}`, branch as JsonObject, { path: choice, value }),
      )
    })
}
