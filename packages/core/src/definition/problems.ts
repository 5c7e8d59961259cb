import { AuthError } from '../errors.ts'
import type { JsonObject, Warning } from './types.ts'

/** A part of a definition that is wrong: where it stands, what is wrong, and what its author must do. */
export function invalid(path: string, problem: string, cause?: unknown): AuthError {
  return new AuthError('definition_invalid', `${path === '' ? 'The definition' : path}: ${problem}`, {
    cause,
  })
}

/** A part of a definition that cannot be expressed: where it stands, what it is, and what to do instead. */
export function unsupported(path: string, problem: string): AuthError {
  return new AuthError('unsupported', `${path === '' ? 'The definition' : path}: ${problem}`)
}

/** The path of a member: `a.b`, `a[0]`, `a["x y"]`. */
export function below(path: string, name: string | number): string {
  if (typeof name === 'number') return `${path}[${name}]`
  if (!/^[\w$-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own member of an object or list, at any depth; undefined where there is none. Prototypes do not count. */
export function memberAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? (at as Readonly<Record<string | number, unknown>>)[name]
        : undefined,
    value,
  )
}

/** A warning for each member that nobody knows, with the known name that it resembles. */
export function unknownMembers(value: JsonObject, known: readonly string[], path: string): Warning[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const like = nearest(name, known)
      return {
        path: below(path, name),
        message: `"${name}" means nothing here and is passed over.${like === undefined ? '' : ` Did you mean "${like}"?`}`,
      }
    })
}

/** The known name that a misspelt one resembles; undefined: none does. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((each) => ({ each, far: distance(plain(name), plain(each)) }))
    .filter(({ far, each }) => far <= Math.max(1, Math.floor(each.length / 4)))
    .sort((a, b) => a.far - b.far)
  return best?.each
}

const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, '')

/** How many letters must change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
