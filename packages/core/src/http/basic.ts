import { AuthError } from '../errors.ts'
import { base64Encode } from './encoding.ts'

export interface BasicOptions {
  /** How the text becomes bytes; `latin-1` is ISO-8859-1. Default 'utf-8'. */
  readonly charset?: 'utf-8' | 'latin-1' | undefined
  /** What errors call the two parts; default `username` and `password`. */
  readonly fields?: readonly [username: string, password: string] | undefined
}

/**
 * The value of an Authorization header. RFC 7617 section 2.
 * @throws {AuthError} settings_invalid for a colon in the user name, a control character, what the charset cannot hold, or nothing at all
 */
export function basicHeader(username: string, password: string, options: BasicOptions = {}): string {
  const [userField, passwordField] = options.fields ?? ['username', 'password']
  const latin = options.charset === 'latin-1'
  const text = `${username}:${password}`
  // RFC 7617 section 2: a user-id containing a colon character is invalid.
  if (username.includes(':')) throw invalid(userField, 'contains a colon')
  if (text === ':') throw invalid(userField, 'is empty')
  const problem = problemOf(text, latin)
  if (problem !== undefined) {
    const theirs = problemOf(username, latin)
    throw theirs === undefined ? invalid(passwordField, problem) : invalid(userField, theirs)
  }
  return `Basic ${base64Encode(latin ? Uint8Array.from(text, (char) => char.charCodeAt(0)) : text)}`
}

function problemOf(text: string, latin: boolean): string | undefined {
  // RFC 7617 section 2: neither part may contain control characters. A lone surrogate has no bytes.
  if (/[\p{Cc}\p{Cs}]/u.test(text)) return 'contains a control character'
  return latin && /[^\0-\xff]/u.test(text) ? 'contains a character that latin-1 does not have' : undefined
}

function invalid(field: string, problem: string): AuthError {
  return new AuthError(
    'settings_invalid',
    `${field} ${problem}, so it cannot be sent with Basic authentication.`,
    { field },
  )
}
