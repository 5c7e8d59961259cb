import { below, isObject } from '@latchkey/core/definition'

/** A text in a definition, and where it stands. */
export interface Text {
  readonly at: string
  readonly text: string
}

/** Deeper than any definition; one that was made to be deep ends here. */
const deepest = 100

/** Every text in parsed data, without what is written for people. */
export function stringsIn(value: unknown, at = '', depth = 0): Text[] {
  if (typeof value === 'string') return [{ at, text: value }]
  if (depth > deepest) return []
  if (Array.isArray(value))
    return value.flatMap((each, index) => stringsIn(each, below(at, index), depth + 1))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, each]) =>
    /^(?:description|title|examples?|pattern|pattern_descriptor|schema|schemas)$/.test(name)
      ? []
      : stringsIn(each, below(at, name), depth + 1),
  )
}
