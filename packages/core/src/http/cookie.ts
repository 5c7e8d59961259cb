/** The values of a name in a Cookie header. */
export function cookieNamed(header: string | null, name: string): string[] {
  return split(header)
    .filter((pair) => nameOf(pair) === name)
    .map((pair) => pair.slice(name.length + 1))
}

/** The Cookie header with one more cookie, in place of any of the same name. */
export function putCookie(header: string | null, name: string, value: string): string {
  // RFC 6265 section 4.2.1: cookie-pair *( ";" SP cookie-pair ).
  return [...split(header).filter((pair) => nameOf(pair) !== name), `${name}=${value}`].join('; ')
}

function split(header: string | null): string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0] ?? ''
}
