import type { Part } from './ast.ts'
import { parseTemplate } from './parse.ts'

/**
 * What a text means, whatever quotes and spaces its author took: equal as JSON for `{{ config['a'] }}` and
 * `{{config["a"]}}`. A text without a template, or with one that cannot be read, means itself.
 */
export function meaningOf(text: string): string | readonly Part[] {
  if (!text.includes('{')) return text
  try {
    return parseTemplate(text, '').parts
  } catch {
    return text
  }
}

/** Whether two texts mean the same. */
export function sameMeaning(a: string, b: string): boolean {
  if (a === b) return true
  // Most texts differ in more than that, and need not be read to see it.
  const bare = (text: string): string => text.replace(/["'\s]+/g, '')
  return bare(a) === bare(b) && JSON.stringify(meaningOf(a)) === JSON.stringify(meaningOf(b))
}
