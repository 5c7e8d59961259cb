import type { AuthStrategy, TestContext } from '@latchkey/core'
import { below, isObject, type JsonObject, type Warning } from '@latchkey/core/definition'
import { httpFailure } from '@latchkey/core/http'
import { scopeOf, type Settings, type Where } from '../authenticators/where.ts'
import { earnedBy, withValues, type EarnedPaths } from '../oauth/overlay.ts'
import type { StreamAuth } from '../resolve/index.ts'
import { parseTemplate, renderText, renderUrlTemplate, variablesOf } from '../template/index.ts'
import { ignoredStatuses } from './error-handler.ts'

/** The names of the streams that the manifest itself is tried with. */
export function checkedStreams(resolved: JsonObject): readonly string[] {
  const check = resolved['check']
  const names = isObject(check) ? check['stream_names'] : undefined
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : []
}

/**
 * Reads once what the manifest's own check reads: the first of its streams that is a GET and needs nothing but the
 * configuration. Where there is none, there are a warning and no test. `sent`: what is put on every request anyway.
 */
export function testOf(
  resolved: JsonObject,
  requests: readonly StreamAuth[],
  where: Where,
  paths: EarnedPaths,
  sent: readonly string[],
): AuthStrategy['test'] | undefined {
  const names = checkedStreams(resolved)
  const own = requests.filter(({ isSecondary }) => !isSecondary)
  const named = names.flatMap((name) => own.filter(({ stream }) => stream === name))
  // What the check reads may be signed in another way than these requests are.
  const candidates = named.length > 0 ? named : own
  const request = candidates.find(isSimple)
  if (request === undefined) {
    where.warn(noTest(candidates.map(({ stream }) => stream)))
    return undefined
  }
  const { urlBase = '', path = '', requester, at } = request
  const ignored = ignoredStatuses(requester['error_handler'])
  const parameters = request.parameters ?? {}
  return async (c: TestContext<Settings>) => {
    const scope = scopeOf({ ...where, parameters }, c)
    const config = withValues(scope.config, earnedBy(paths, c.credentials as object | undefined))
    const known = { ...scope, config }
    const url = new URL(renderUrlTemplate([urlBase, path], known, at))
    for (const [name, value] of entriesOf(requester['request_parameters'])) {
      if (sent.includes(name)) continue
      const text = renderText(value, known, below(below(at, 'request_parameters'), name))
      if (text !== '') url.searchParams.set(name, text)
    }
    const headers = new Headers({ accept: 'application/json' })
    for (const [name, value] of entriesOf(requester['request_headers'])) {
      if (sent.includes(name)) continue
      const text = renderText(value, known, below(below(at, 'request_headers'), name))
      if (text !== '') headers.set(name, text)
    }
    const response = await c.fetch(url, { headers })
    await response.body?.cancel()
    // A 401 is never a proof, whatever the manifest makes of it.
    if (!response.ok && (response.status === 401 || !ignored.includes(response.status)))
      throw httpFailure(response, { now: c.now() })
  }
}

/** Whether it can be sent without a slice, a page or a body. */
function isSimple({ requester, urlBase, path = '' }: StreamAuth): boolean {
  const method = requester['http_method'] ?? 'GET'
  const { request_parameters: params = {}, request_headers: headers = {} } = requester
  if (typeof method !== 'string' || method.toUpperCase() !== 'GET' || urlBase === undefined) return false
  if (!isObject(params) || !isObject(headers)) return false
  const texts = [urlBase, path, ...entriesOf(params).flat(), ...entriesOf(headers).flat()]
  return texts.every(isPlain)
}

/** A text that names nothing but the configuration and parameters. */
function isPlain(text: string): boolean {
  if (!text.includes('{')) return true
  try {
    return variablesOf(parseTemplate(text, '')).length === 0
  } catch {
    return false
  }
}

function entriesOf(map: unknown): [string, string][] {
  if (!isObject(map)) return []
  return Object.entries(map).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, String(value)] as [string, string]]
      : [],
  )
}

const noTest = (names: readonly string[]): Warning => ({
  path: 'check',
  message: `Connections have no test, because ${names.length === 0 ? 'no stream' : `none of ${[...new Set(names)].slice(0, 5).join(', ')}`} can be asked for with the settings alone.`,
})
