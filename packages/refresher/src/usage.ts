import { systemNow, type ListedRecord } from '@latchkey/core'

/** Which connections this process has used of late. */
export interface UsageMarks {
  /** Call it where a connection is used, such as beside `connections.get(key)`; costs one entry of a map. */
  mark(key: string): void
  /** Whether it was marked within the time; for the refresher's `used`. */
  used(record: Pick<ListedRecord, 'key'>): boolean
}

/**
 * Remembers what was used within so many milliseconds, at most 1,000,000 keys, in this process and no other: where
 * requests are sent by other processes than the refresher's, keep the marks in a place that all of them reach.
 */
export function usageMarks(
  withinMs: number,
  { now = systemNow }: { readonly now?: (() => number) | undefined } = {},
): UsageMarks {
  const marks = new Map<string, number>()
  return {
    mark(key) {
      // Last in the map is what was used last, so that the first is what to forget.
      marks.delete(key)
      marks.set(key, now())
      for (const [oldest, at] of marks) {
        if (marks.size <= 1_000_000 && at > now() - withinMs) break
        marks.delete(oldest)
      }
    },
    used: ({ key }) => (marks.get(key) ?? -Infinity) > now() - withinMs,
  }
}
