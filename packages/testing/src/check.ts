/** What a test runner gives: jest's, vitest's or node:test's own `test` fits; `expect` is taken but not needed. */
export interface Runner {
  readonly test: (name: string, run: () => Promise<void>) => unknown
  readonly expect?: unknown
}

/** Throws unless both are the same plain data; members that are undefined count as absent. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [text(actual), text(expected)]
  if (is !== should) throw new Error(`${what}\n  expected: ${should}\n  but was:  ${is}`)
}

/** Throws unless the statement holds. */
export function holds(fact: boolean, what: string): void {
  if (!fact) throw new Error(what)
}

const text = (value: unknown): string => (value === undefined ? 'undefined' : JSON.stringify(value, sorted))

const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
