import { isObject, type JsonObject } from '@latchkey/core/definition'
import { usage } from '../output/failure.ts'
import type { Kept } from '../session.ts'
import { everyField } from '../values/given.ts'

/**
 * The configuration of a kept connection as the users of the other system know it. What does not come of a public value
 * alone is shown as `•••`.
 */
export function maskedConfig({ name, record, loaded: { connector, definition } }: Kept): JsonObject {
  if (definition === undefined) {
    throw usage(
      `The connector of "${name}" was not written for another system.`,
      'Leave out --source-config.',
    )
  }
  const { imported } = definition
  const settings = record.settings as Readonly<Record<string, unknown>>
  const fields = everyField(connector.auth)
  const open = Object.fromEntries(
    Object.entries(settings).filter(([field]) => fields[field]?.public === true),
  )
  return masked(imported.configOf(settings, record.credentials), imported.configOf(open)) as JsonObject
}

function masked(value: unknown, open: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((each, at) => masked(each, Array.isArray(open) ? (open as unknown[])[at] : undefined))
  }
  if (!isObject(value)) return value === open || value === null ? value : '•••'
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      masked(each, isObject(open) ? open[name] : undefined),
    ]),
  )
}
