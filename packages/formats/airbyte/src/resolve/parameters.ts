import { isObject, type Budget, type JsonObject } from '@latchkey/core/definition'
import type { Json } from '@latchkey/core'
import { fillable } from './known.ts'
import { defaultTypes } from './types.ts'

type Members = Record<string, Json | undefined>

/**
 * Hands `$parameters` down: each component of a type has those of its ancestors and its own, which win, and a parameter
 * fills the member of its name where that is missing or empty. A component that states no type gets the one of its place.
 */
export function withParameters(manifest: JsonObject, budget: Budget): JsonObject {
  const handed = (component: JsonObject, place: string, inherited: JsonObject): JsonObject => {
    budget.step()
    const made: Members = { ...component }
    const type = made['type'] ?? defaultTypes(place, Object.hasOwn(made, 'class_name'))
    if (type !== undefined) made['type'] = type
    if (isSchema(made)) return made
    if (type === undefined) return budget.deeper(() => plain(made, place, inherited))

    const own = made['$parameters']
    const parameters: JsonObject = { ...inherited, ...(isObject(own) ? own : {}) }
    delete made['$parameters']
    const open = fillable(type)
    for (const [name, value] of Object.entries(parameters)) {
      budget.step()
      if (isEmpty(made[name]) && open?.includes(name) !== false) made[name] = value
    }
    for (const [name, value] of Object.entries(made)) {
      // A parameter of the member's own name would hand itself down for ever.
      const rest = Object.hasOwn(parameters, name) ? without(parameters, name) : parameters
      if (rest !== parameters) budget.step(Object.keys(rest).length)
      const below = `${typeof type === 'string' ? type : ''}.${name}`
      made[name] = budget.deeper(() => within(value, below, rest))
    }
    if (Object.keys(parameters).length > 0) made['$parameters'] = parameters
    return made
  }

  const within = (value: Json | undefined, place: string, parameters: JsonObject): Json | undefined => {
    if (Array.isArray(value))
      return (value as readonly Json[]).map((item) =>
        isObject(item) ? handed(item, place, parameters) : item,
      )
    return isObject(value) ? handed(value, place, parameters) : value
  }

  /** A plain object is no component, but may hold some. */
  const plain = (made: Members, place: string, parameters: JsonObject): JsonObject => {
    for (const [name, value] of Object.entries(made)) {
      budget.step()
      if (isObject(value) && typeof value['type'] === 'string')
        made[name] = handed(value, `${place}.${name}`, parameters)
    }
    return made
  }

  return handed({ type: 'DeclarativeSource', ...manifest }, '', {})
}

/** Python's idea of what a parameter may fill. */
function isEmpty(value: Json | undefined): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === undefined || value === null || value === '' || value === 0 || value === false
}

/** A JSON Schema has a type as well, and is no component. */
function isSchema(value: JsonObject): boolean {
  const { type } = value
  return type === 'object' || (Array.isArray(type) && type.includes('object'))
}

const without = (parameters: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(parameters).filter(([each]) => each !== name))
