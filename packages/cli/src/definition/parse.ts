import { exit, failure } from '../output/failure.ts'
import { printable } from '../output/table.ts'

/** In characters; the largest manifest that we know has a tenth of it. */
const largest = 5_000_000
// An alias costs its anchor's size each time: some hundreds are in honest use, a billion laughs need more.
const maxAliasCount = 1_000

/**
 * A file of YAML or JSON. `version` 1.1 is what Python's readers understand: an unquoted `no` is false there.
 * Dates stay text.
 */
export async function parseDefinition(text: string, path: string, version?: '1.1'): Promise<unknown> {
  if (text.length > largest) throw refused(path, `has more than ${largest} characters`)
  const { parse } = await import('yaml')
  try {
    return parse(text, {
      maxAliasCount,
      prettyErrors: false,
      ...(version !== undefined && { version }),
      customTags: (tags) =>
        tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
    }) as unknown
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
    throw refused(path, `is not YAML or JSON${placeOf(error, text)}: ${printable(why).slice(0, 200)}`, error)
  }
}

/** The line of a mistake, which the parser gives as an offset; nothing of the text. */
function placeOf(error: unknown, text: string): string {
  const pos: unknown = typeof error === 'object' && error !== null && 'pos' in error ? error.pos : undefined
  const [start] = Array.isArray(pos) ? (pos as unknown[]) : []
  return typeof start === 'number' ? ` (line ${text.slice(0, start).split('\n').length})` : ''
}

function refused(path: string, problem: string, cause?: unknown): Error {
  return failure(exit.code, `${path} ${problem}.`, 'The author of the definition must correct it.', cause)
}
