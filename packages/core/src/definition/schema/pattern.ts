import { isSafePattern } from 'redos-detector'

/** Longer patterns take too long to judge. */
const longest = 500
// How many ways through a pattern one text may take, and how much work it may be to find out: some tenths of a second.
const limits = { maxScore: 200, maxSteps: 2_000, timeout: Infinity, unicode: true }

/** A pattern of a JSON Schema, as a pattern of ours; or why it cannot be one. */
export type ReadPattern = { readonly pattern: string } | { readonly problem: string }

/**
 * A pattern from a stranger. JSON Schema looks for it anywhere in the value, a field wants it to be the whole value. It is
 * refused where a value could make it take more than linear time.
 */
export function readPattern(given: string): ReadPattern {
  if (given.length > longest) return { problem: `a pattern may have at most ${longest} characters` }
  const source = compiles(given) ? given : withoutNeedlessEscapes(given)
  if (!compiles(source)) return { problem: 'this is not a regular expression of ECMAScript (flag u)' }
  if (!isSafe(source)) return { problem: 'a hostile value could make this pattern take very long' }
  const inner = anchored(source)
  return { pattern: inner ?? `(?=[^]*?(?:${source}))[^]*` }
}

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== ''
  } catch {
    return false
  }
}

function isSafe(source: string): boolean {
  try {
    return isSafePattern(source, limits).safe
  } catch {
    // A form of expression that nobody can judge.
    return false
  }
}

/** Without the backslashes that only flag u forbids: `\_`, `\@`, and `\-` outside brackets. */
function withoutNeedlessEscapes(source: string): string {
  return pieces(source)
    .map(({ text, inBrackets }) =>
      /^\\[^\w^$\\.*+?()[\]{}|/]$|^\\_$/.test(text) && !(inBrackets && text === '\\-') ? text.slice(1) : text,
    )
    .join('')
}

/** What stands between `^` and `$`, where these hold for all of it. */
function anchored(source: string): string | undefined {
  const all = pieces(source)
  const inner = all.slice(1, -1)
  return all[0]?.text === '^' &&
    all.length > 1 &&
    all.at(-1)?.text === '$' &&
    !inner.some(({ text, depth, inBrackets }) => text === '|' && depth === 0 && !inBrackets)
    ? inner.map(({ text }) => text).join('')
    : undefined
}

interface Piece {
  readonly text: string
  readonly depth: number
  readonly inBrackets: boolean
}

/** Characters, a backslash together with what it escapes. */
function pieces(source: string): Piece[] {
  let depth = 0
  let inBrackets = false
  return Array.from(source.matchAll(/\\?[^]/gu), ([text]) => {
    if (!inBrackets && text === ')') depth--
    const piece = { text, depth, inBrackets }
    if (!inBrackets && text === '(') depth++
    if (text === '[') inBrackets = true
    if (text === ']') inBrackets = false
    return piece
  })
}
