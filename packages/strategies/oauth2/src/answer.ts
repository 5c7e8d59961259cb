import type { ResponseShape } from './options.ts'

/** An answer of a token endpoint, as far as it can be read. */
export interface Answer {
  readonly status: number
  /** Members where it is JSON or form encoding, else text. */
  readonly body: unknown
  /** `cut`: it begins as JSON and does not end as such. */
  readonly kind: 'members' | 'text' | 'html' | 'empty' | 'cut' | 'other'
  readonly text: string
}

/** Reads a body as what it is, whatever its content type says. Pure. */
export function readAnswer(status: number, body: string, format: ResponseShape['format'] = 'auto'): Answer {
  // A byte order mark is no part of JSON (RFC 8259 section 8.1), and some servers write one.
  const text = body.replace(/^\ufeff/, '').trim()
  const answer = (kind: Answer['kind'], read: unknown): Answer => ({ status, kind, body: read, text })
  if (text === '') return answer('empty', undefined)
  if (text.startsWith('{') || text.startsWith('[')) {
    try {
      const read: unknown = JSON.parse(text)
      return answer(Array.isArray(read) ? 'other' : 'members', read)
    } catch {
      return answer('cut', text)
    }
  }
  if (text.startsWith('<')) return answer('html', text)
  // GitHub answers in form encoding unless asked for JSON, Facebook did so as text/plain.
  if (format !== 'text' && /^[\w.~%+-]+=[^\s]*$/.test(text))
    return answer('members', Object.fromEntries(new URLSearchParams(text)))
  return answer(format === 'text' ? 'text' : 'other', text)
}

/** An answer in the form that the definition's own function gives to what could be parsed. */
export function reshaped(
  answer: Answer,
  body: NonNullable<ResponseShape['body']>,
  request: 'token' | 'refresh',
): Answer {
  if (typeof answer.body !== 'object' || answer.body === null) return answer
  const read = body(answer.body, request)
  return typeof read === 'object' && read !== null && !Array.isArray(read)
    ? { ...answer, body: read, kind: 'members' }
    : { ...answer, body: read, kind: 'other' }
}

/** A member of a body that was cut off, where it is whole. */
export function salvaged(cut: string, name: string): string | undefined {
  const literal = new RegExp(`"${name.replace(/[^\w]/g, '\\$&')}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(
    cut,
  )?.[1]
  if (literal === undefined) return undefined
  try {
    return JSON.parse(literal) as string
  } catch {
    return undefined
  }
}
