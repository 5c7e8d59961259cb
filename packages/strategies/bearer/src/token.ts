import { without, type FieldGuard } from '@latchkey/core'

/** What stands before the token: one space is added after a word; a prefix that ends in a space or `=` stands as it is. */
export function joined(prefix: string): string {
  return prefix === '' || /[ =]$/.test(prefix) ? prefix : `${prefix} `
}

/**
 * What a token must match: printable ASCII without a space (wider than RFC 6750 section 2.1, because providers are), and
 * not the prefix once more, which is what copying a whole header gives.
 */
export function tokenGuard(prefix: string): FieldGuard {
  const word = prefix.trim() === '' ? 'a word such as “Bearer”' : `“${prefix.trim()}”`
  return {
    pattern: `${without(joined(prefix))}[\\x21-\\x7e]+`,
    patternHint: `Give only the token itself, without ${word} before it and without spaces, accents or invisible characters.`,
  }
}
