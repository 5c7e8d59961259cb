import { cookieIn } from './jar.ts'
import type { Answer, Take } from './options.ts'
import { xmlText } from './xml.ts'

/** What an answer has in a place, as text; undefined where it is missing, null, empty or no text, number or boolean. */
export function taken(take: Take, { headers, text, json }: Answer): string | undefined {
  if ('header' in take) return textOf(headers.get(take.header))
  if ('cookie' in take) return textOf(cookieIn(headers, take.cookie))
  if ('xml' in take) return textOf(xmlText(text, [take.xml].flat()))
  if ('body' in take) return textOf(text.trim())
  return textOf(memberAt(json, [take.json].flat()))
}

function memberAt(json: unknown, path: readonly string[]): unknown {
  let value = json
  for (const name of path) {
    // Own members only: an answer has no constructor.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** An answer that has been read. */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Not every answer is JSON; what is taken from it says.
  }
  return { status: response.status, headers: response.headers, text, json }
}
