/** Names of the relay's own headers begin so: neither the API nor a caller can imitate them towards the other. */
const ours = 'latchkey-'
/** Carries the address that a request is for. */
export const targetHeader = 'latchkey-target'
/** On what the relay itself answers: why. */
export const refusalHeader = 'latchkey-relay'

// RFC 9110 section 7.6.1, and what HTTP/1.0 and HTTP/2 upgrades left behind.
const hopByHop =
  'connection http2-settings keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  )
/** The caller's: its ticket, what it holds for the relay's host, and who it is. */
const callers = 'authorization cookie expect forwarded host origin via x-real-ip'.split(' ')
/** The API's: challenges, sessions, and what speaks for a whole origin, which here would be the relay's. */
const apis =
  'alt-svc authentication-info authorization clear-site-data nel proxy-authentication-info report-to reporting-endpoints set-cookie set-cookie2 strict-transport-security www-authenticate'.split(
    ' ',
  )
/** What fetch has undone by the time its body can be read. */
const decoded = /^(?:\s*(?:gzip|x-gzip|deflate|br)\s*,?)+$/i

function without(headers: Headers, names: readonly string[], prefixes: RegExp): Headers {
  const named = (headers.get('connection') ?? '').toLowerCase().split(/\s*,\s*/)
  const dropped = new Set([...hopByHop, ...names, ...named])
  return new Headers([...headers].filter(([name]) => !dropped.has(name) && !prefixes.test(name)))
}

/** The caller's headers as the API gets them. `isWhole`: the body is at hand, so that fetch counts it. */
export function forwarded(headers: Headers, isWhole: boolean): Headers {
  const result = without(headers, isWhole ? [...callers, 'content-length'] : callers, callerPrefixes)
  // Only what fetch decodes everywhere may come back.
  result.set('accept-encoding', 'gzip, deflate, br')
  return result
}

const callerPrefixes = new RegExp(`^(?:${ours}|x-forwarded-|sec-|cf-)`)
const apiPrefixes = new RegExp(`^${ours}`)

/**
 * The API's headers as the caller gets them; `redact` masks with `•••`, which becomes `***` because a header is ASCII.
 * `target` is the address that was asked for.
 */
export function returned(
  { headers, body }: Pick<Response, 'headers' | 'body'>,
  target: URL,
  redact: (text: string) => string,
): Headers {
  const result = without(headers, apis, apiPrefixes)
  if (body !== null && decoded.test(result.get('content-encoding') ?? '')) {
    result.delete('content-encoding')
    result.delete('content-length')
  }
  const conceal = (text: string): string => redact(text).replaceAll('•••', '***')
  const all = [...result]
  const text = all.map((pair) => pair.join(':')).join('\n')
  if (conceal(text) !== text) {
    for (const [name, value] of all) {
      result.set(name, name === 'location' ? location(value, target, conceal) : conceal(value))
    }
  }
  // All targets have one address here: what a cache keeps must be for this ticket and target alone. RFC 9111 section 3.5.
  result.append('vary', `authorization, ${targetHeader}`)
  const caching = result.get('cache-control')
  if (caching !== null)
    result.set('cache-control', `private, ${caching}`.replace(/,\s*(?:public|private|s-maxage=\d+)/gi, ''))
  return result
}

/** A server that copies its query into `Location`: the credential is taken out, and the next request gets it anew. */
function location(value: string, target: URL, conceal: (text: string) => string): string {
  if (!URL.canParse(value, target.href)) return conceal(value)
  const url = new URL(value, target)
  for (const [name, text] of [...url.searchParams]) {
    if (conceal(text) !== text) url.searchParams.delete(name, text)
  }
  return conceal(url.href)
}
