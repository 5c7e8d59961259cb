/** What stands on a request that could tell who sends it. */
export interface Signs {
  readonly key: string | undefined
  readonly bearer: string | undefined
  readonly session: string | undefined
  readonly basic: readonly [name: string, password: string] | undefined
}

/** A key in the header `x-api-key`, the query `api_key` or the cookie `api_key`; a bearer token; a session cookie; Basic. */
export function signsOf(url: URL, headers: Headers): Signs {
  const [, word = '', rest = ''] = /^(\w+) (.+)$/.exec(headers.get('authorization') ?? '') ?? []
  return {
    key: headers.get('x-api-key') ?? url.searchParams.get('api_key') ?? cookie(headers, 'api_key'),
    bearer: word.toLowerCase() === 'bearer' ? rest : undefined,
    session: cookie(headers, 'session'),
    basic: word.toLowerCase() === 'basic' ? pair(rest) : undefined,
  }
}

const cookie = (headers: Headers, name: string): string | undefined =>
  (headers.get('cookie') ?? '')
    .split(/; */)
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** RFC 7617: name and password in base64, the first colon between them. */
function pair(base64: string): readonly [string, string] | undefined {
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
    const at = text.indexOf(':')
    return at < 0 ? undefined : [text.slice(0, at), text.slice(at + 1)]
  } catch {
    return undefined
  }
}
