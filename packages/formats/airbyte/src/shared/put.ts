import type { Json } from '@latchkey/core'
import { createBudget, invalid, isObject, type Budget, type JsonObject } from '@latchkey/core/definition'
import { lookUp } from '../resolve/references.ts'

type Holder = Record<string | number, Json | undefined>

/** The names of a path such as `streams[0].retriever["a b"]`. */
export function namesIn(path: string): readonly (string | number)[] {
  return Array.from(
    path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g),
    ([, index, quoted, plain]) =>
      index !== undefined
        ? Number(index)
        : quoted !== undefined
          ? (JSON.parse(quoted) as string)
          : (plain ?? ''),
  )
}

/**
 * A manifest with a value at a place, and nothing else changed in what it means. The way there may lead through references:
 * one that nothing else uses is followed, beside any other the member is written that wins over it, and where that is not
 * enough the part on the way is written out. What was given stays as it is.
 * @throws {AuthError} definition_invalid for a place that is not there
 */
export function withValueAt(manifest: JsonObject, path: string, value: Json): JsonObject {
  // A copy as JSON: YAML may have made one object of two places.
  const root = JSON.parse(JSON.stringify(manifest)) as Holder
  const names = namesIn(path)
  const budget = createBudget(path)
  let holder = root
  for (const [at, name] of names.slice(0, -1).entries()) {
    const rest = names.slice(at + 1)
    const [next = ''] = rest
    let inner = holder[name]
    for (
      let reference = referenceIn(inner, next);
      reference !== undefined;
      reference = referenceIn(inner, next)
    ) {
      budget.step()
      const target = targetOf(root, reference, path, budget)
      const own = isObject(inner) ? withoutReference(inner) : {}
      if (isAlone(root, reference) && Object.keys(own).length === 0) {
        inner = target
        continue
      }
      if (rest.length === 1) {
        holder[name] = { ...own, $ref: reference, [next]: value }
        return root
      }
      inner = isObject(target) ? { ...(JSON.parse(JSON.stringify(target)) as JsonObject), ...own } : target
      holder[name] = inner
    }
    if (typeof inner !== 'object' || inner === null) throw invalid(path, 'there is no such place')
    holder = inner as Holder
  }
  holder[names.at(-1) ?? ''] = value
  return root
}

/** The reference that leads to a member: the object's own members win over it. */
function referenceIn(value: Json | undefined, next: string | number): string | undefined {
  if (typeof value === 'string') return value.startsWith('#/') ? value : undefined
  if (!isObject(value) || Object.hasOwn(value, next)) return undefined
  const { $ref } = value
  return typeof $ref === 'string' ? $ref : undefined
}

function withoutReference({ $ref: _, ...own }: JsonObject): JsonObject {
  return own
}

function targetOf(root: JsonObject, reference: string, path: string, budget: Budget): Json | undefined {
  const found = lookUp(root, reference.replace(/^#\//, '').split('/'), budget)
  if (found) return found.value as Json
  throw invalid(path, 'a reference on the way leads nowhere')
}

/** Whether nothing else refers to a place, to what it holds, or to what holds it. */
function isAlone(root: JsonObject, reference: string): boolean {
  let count = 0
  const walk = (value: Json | undefined): void => {
    if (typeof value === 'string') {
      const isRelated =
        value === reference || value.startsWith(`${reference}/`) || reference.startsWith(`${value}/`)
      if (value.startsWith('#/') && isRelated) count++
    } else if (typeof value === 'object' && value !== null) Object.values(value as JsonObject).forEach(walk)
  }
  walk(root)
  return count === 1
}
