import type { Json } from '@latchkey/core'
import { isObject, type JsonObject } from '@latchkey/core/definition'

/**
 * An authenticator without `$parameters`, at any depth, unless one of its templates reads them; so that what is alike is
 * seen to be alike.
 */
export function authOnly(authenticator: JsonObject): JsonObject {
  const bare = stripped(authenticator)
  return /\bparameters\b/.test(JSON.stringify(bare)) ? authenticator : bare
}

function stripped(component: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(component)
      .filter(([name]) => name !== '$parameters')
      .map(([name, value]) => [name, within(value)]),
  )
}

function within(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => within(each) ?? null)
  return isObject(value) ? stripped(value) : value
}
