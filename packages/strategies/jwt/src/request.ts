import type { OutgoingRequest } from '@latchkey/core'
import { digestHex } from '@latchkey/core/crypto'
import { percentEncode } from '@latchkey/core/http'

/** What of a request claims may speak of. */
export type SignedRequest = Pick<OutgoingRequest, 'method' | 'url' | 'bytes'>

/** What stands for a part of the request in a claim or header. */
export const requestSlots: readonly string[] = [
  'request.method',
  'request.host',
  'request.path',
  'request.uri',
  'request.sha256',
  'request.qsh',
]

/** The values of these slots; only those that are asked for are worked out. `contextPath` is Atlassian's. */
export async function requestValues(
  request: SignedRequest,
  names: ReadonlySet<string>,
  contextPath: string,
): Promise<Record<string, string>> {
  const { method, url } = request
  const values: Record<string, string> = {
    'request.method': method,
    'request.host': url.host,
    'request.path': url.pathname,
    'request.uri': url.pathname + url.search,
  }
  if (names.has('request.sha256'))
    values['request.sha256'] = await digestHex('SHA-256', await request.bytes())
  if (names.has('request.qsh'))
    values['request.qsh'] = await digestHex('SHA-256', canonicalRequest(method, url, contextPath))
  return values
}

/**
 * What Atlassian Connect hashes for the claim `qsh`: method, path and query in one spelling.
 * https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/#creating-a-query-string-hash
 */
export function canonicalRequest(method: string, url: URL, contextPath = ''): string {
  const full = url.pathname
  const own = contextPath !== '' && (full === contextPath || full.startsWith(`${contextPath}/`))
  const path = (own ? full.slice(contextPath.length) : full).replaceAll('&', '%26').replace(/\/$/, '')
  const values = new Map<string, string[]>()
  for (const [name, value] of url.searchParams) {
    // The token itself may travel in the query.
    if (name === 'jwt') continue
    const key = percentEncode(name)
    values.set(key, [...(values.get(key) ?? []), percentEncode(value)])
  }
  const query = [...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => `${name}=${all.sort().join(',')}`)
  return [method.toUpperCase(), path === '' ? '/' : path, query.join('&')].join('&')
}
