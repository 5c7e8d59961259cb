import { below, invalid, isObject, type Budget } from '@latchkey/core/definition'

/**
 * A manifest with its references filled in: `$ref: "#/a/b"`, whose own members win over those that it refers to, and a
 * bare text `#/a/b`. What is referred to is found by its keys; a key may have slashes.
 * @throws {AuthError} definition_invalid naming the path, for a reference that leads nowhere or back to itself
 */
export function withReferences(manifest: unknown, budget: Budget): unknown {
  const open = new Set<string>()

  const filled = (value: unknown, at: string): unknown => {
    budget.step()
    if (typeof value === 'string') return value.startsWith('#/') ? target(value, at) : value
    if (typeof value !== 'object' || value === null) return value
    return budget.deeper(() => {
      if (Array.isArray(value)) return value.map((item, index) => filled(item, below(at, index)))
      const own = Object.entries(value)
        .filter(([name]) => name !== '$ref')
        .map(([name, item]) => [name, filled(item, below(at, name))] as const)
      if (!Object.hasOwn(value, '$ref')) return Object.fromEntries(own)
      const base = filled((value as { readonly $ref?: unknown }).$ref, below(at, '$ref'))
      return isObject(base) ? Object.fromEntries([...Object.entries(base), ...own]) : base
    })
  }

  const target = (reference: string, at: string): unknown => {
    if (open.has(reference)) throw invalid(at, `${shown(reference)} leads back to itself.`)
    const found = lookUp(manifest, reference.slice(2).split('/'), budget)
    if (!found) throw invalid(at, `${shown(reference)} leads nowhere.`)
    open.add(reference)
    const value = filled(found.value, at)
    open.delete(reference)
    return value
  }

  return filled(manifest, '')
}

const shown = (reference: string): string =>
  `the reference ${reference.length > 200 ? `${reference.slice(0, 200)}…` : reference}`

/** The member at a path whose names may have slashes; the shortest names win. */
export function lookUp(
  value: unknown,
  names: readonly string[],
  budget: Budget,
): { readonly value: unknown } | undefined {
  budget.step()
  if (names.length === 0) return { value }
  if (typeof value !== 'object' || value === null) return undefined
  for (let count = 1; count <= names.length; count++) {
    const name = names.slice(0, count).join('/')
    if (!Object.hasOwn(value, name)) continue
    const below = (value as Readonly<Record<string, unknown>>)[name]
    const found = budget.deeper(() => lookUp(below, names.slice(count), budget))
    if (found) return found
  }
  return undefined
}
