import { reworded, type AuthError } from '../errors.ts'
import { base64Encode, base64urlEncode, utf8 } from './encoding.ts'

const mask = '•••'

/** A secret in the middle of something longer that was encoded in base64, as a password is in `user:password`. */
function insideBase64(secret: string): string[] {
  const bytes = utf8(secret)
  return [0, 1, 2].map((offset) => {
    const text = base64Encode(new Uint8Array([...new Uint8Array(offset), ...bytes]))
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
  })
}

function formsOf(secret: string): string[] {
  if (secret.length < 4) return [secret]
  const wellFormed = secret.replace(/\p{Cs}/gu, '\ufffd')
  const json = JSON.stringify(secret).slice(1, -1)
  const base64 = [base64Encode(secret), base64Encode(secret).replace(/=+$/, ''), ...insideBase64(secret)]
  return [
    secret,
    encodeURIComponent(wellFormed),
    new URLSearchParams([['', secret]]).toString().slice(1),
    json,
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    base64urlEncode(secret),
  ]
}

/**
 * The text with `•••` for each secret, and for secrets of at least four characters also for their URL-encoded,
 * form-encoded, JSON-escaped and base64 forms. Empty secrets are passed over.
 */
export function redact(text: string, secrets: Iterable<string>): string {
  const forms = [...new Set([...secrets].flatMap(formsOf))].filter((form) => form !== '')
  // Longest first: a short form may be a part of a long one.
  return forms
    .sort((a, b) => b.length - a.length)
    .reduce((result, form) => result.replaceAll(form, mask), text)
}

/** The same error without any of these secrets, and without the causes that may carry them. */
export function redacted(error: AuthError, secrets: readonly string[]): AuthError {
  const faults = error.faults?.map(({ field, problem }) => ({ field, problem: redact(problem, secrets) }))
  return reworded(error, redact(error.message, secrets), faults)
}
