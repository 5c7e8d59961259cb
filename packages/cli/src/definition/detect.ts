import { isObject } from '@latchkey/core/definition'
import type { Format } from './formats.ts'

const membraneTypes = new Set([
  'client-credentials',
  'oauth2',
  'oauth1',
  'proxy',
  'integration-app-token',
  'membrane-token',
])

/** The system that a parsed definition was written for, by what it holds; undefined: none that is known. */
export function formatOf(definition: unknown): Format | undefined {
  if (!isObject(definition)) return undefined
  const { type, spec, streams, dynamic_streams: dynamic, version, auth, options } = definition
  if (type === 'DeclarativeSource') return 'airbyte'
  const asksFor = isObject(spec) && ('connection_specification' in spec || 'connectionSpecification' in spec)
  if (asksFor) return 'airbyte'
  if (typeof version === 'string' && (Array.isArray(streams) || Array.isArray(dynamic))) return 'airbyte'
  if (isDestination(definition)) return 'segment'
  if (isObject(auth) || isMembrane(definition)) return 'membrane'
  return isObject(options) && Object.values(options).some(isMembrane) ? 'membrane' : undefined
}

function isMembrane(value: unknown): boolean {
  return isObject(value) && typeof value['type'] === 'string' && membraneTypes.has(value['type'])
}

/** Whether a value is a destination of Segment's. */
export function isDestination(value: unknown): value is object {
  if (!isObject(value)) return false
  const { authentication } = value
  return isObject(authentication) && ('scheme' in authentication || 'fields' in authentication)
}

/** The destination that a module exports: by that name, by default, or as the only one. */
export function destinationIn(
  exported: Readonly<Record<string, unknown>>,
  name: string | undefined,
): object | undefined {
  if (name !== undefined) return isDestination(exported[name]) ? exported[name] : undefined
  const { default: main } = exported
  if (isDestination(main)) return main
  // A CommonJS module arrives whole as the default export.
  const all = Object.values({ ...(isObject(main) && main), ...exported }).filter(isDestination)
  return new Set(all).size === 1 ? all[0] : undefined
}
