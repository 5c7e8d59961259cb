import type { Json } from '@latchkey/core'
import type { Path } from './options.ts'

/** The value at a path; own members only, so that no prototype answers. */
export function at(body: unknown, path: Path): unknown {
  const names = typeof path === 'string' ? path.split('.') : path
  let value = body
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

/** A text with something in it. */
export function textAt(body: unknown, path: Path): string | undefined {
  const value = at(body, path)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What was parsed from JSON is JSON. */
export const jsonAt = (body: unknown, path: Path): Json | undefined => at(body, path) as Json | undefined
