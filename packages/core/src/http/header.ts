import { AuthError } from '../errors.ts'

const maxLength = 16_384 // the header limit of a Node server
const token = /^[!#$%&'*+.^_`|~\w-]+$/

/** Names that frame or route the message, that Fetch drops or refuses, or that reach into a prototype. */
const denied =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-authorization|proxy-connection|set-cookie|__proto__)$/i

function problemOf(value: string): string | undefined {
  if (value === '') return 'is empty'
  if (value.length > maxLength) return `is longer than ${maxLength} characters`
  if (!/^[ -~]*$/.test(value))
    return /[\r\n]/.test(value) ? 'contains a line break' : 'contains a character that is not printable ASCII'
  return value.startsWith(' ') || value.endsWith(' ') ? 'begins or ends with a space' : undefined
}

/**
 * Returns the value when it can stand in a header as it is: 1 to 16,384 characters of printable ASCII, no space at
 * either end (Fetch would trim it, and a signature would no longer match). RFC 9110 section 5.5, without obs-text.
 * `what` names the field for the person who typed it.
 * @throws {AuthError} settings_invalid, whose message never has the value
 */
export function headerValue(value: string, what: string): string {
  const problem = problemOf(value)
  if (problem === undefined) return value
  throw new AuthError('settings_invalid', `${what} ${problem}, so it cannot be sent in a header.`, {
    field: what,
  })
}

/**
 * Returns the name when a credential may travel under it: a token (RFC 9110 section 5.6.2) that does not frame or
 * route the message.
 * @throws {TypeError} at construction: header names are chosen in code
 */
export function headerName(name: string): string {
  if (!token.test(name))
    throw new TypeError(`The header name ${JSON.stringify(name)} is not a token (RFC 9110 section 5.6.2).`)
  if (denied.test(name)) throw new TypeError(`The header ${name} cannot carry a credential.`)
  return name
}

/**
 * A quoted-string: `"` and `\` escaped. RFC 9110 section 5.6.4. `what` names the field.
 * @throws {AuthError} settings_invalid for control characters and for what a header byte cannot hold
 */
export function quoted(value: string, what: string): string {
  // eslint-disable-next-line no-control-regex -- the point is to find them
  if (/[\u0000-\u001f\u007f\u0100-\uffff]/.test(value)) {
    throw new AuthError('settings_invalid', `${what} contains a character that a header cannot hold.`, {
      field: what,
    })
  }
  // Nearly no value has one of them, and looking is cheaper than replacing.
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`
}
