import { below, invalid, isObject, unknownMembers, type Warning } from '@latchkey/core/definition'
import { proposedPath, type FileFinder } from './files.ts'
import { functionIn, implementationOf } from './implementation.ts'
import type { methods } from './names.ts'
import type { Implementation } from './types.ts'

type Method = (typeof methods)[number]
type Members = Readonly<Record<string, unknown>>

/** Where a method is looked for. */
export interface Place {
  readonly at: string
  /** Folders of files, the nearest first, each with a slash at its end. */
  readonly folders: readonly string[]
  readonly finder: FileFinder
  readonly warn: (warnings: readonly Warning[]) => void
}

const kinds: readonly Implementation['kind'][] = [
  'mapping',
  'rest-api-mapping',
  'graphql-api-mapping',
  'operation-mapping',
  'javascript',
  'not-supported',
]
const bodies = ['mapping', 'code', 'body']
const inBody = `path method operationType requestMapping responseMapping operationKey inputMapping
  outputMapping`.split(/\s+/)

/**
 * A method of an authentication in any dialect: a function, `{type, mapping | code}`, `{implementationType}` with a file
 * beside it, or only the file. Undefined where there is none.
 * @throws {AuthError} definition_invalid or unsupported, with the path
 */
export function methodOf(method: Method, given: unknown, place: Place): Implementation | undefined {
  const { name } = method
  const at = below(place.at, name)
  const names = [name, ...method.old]
  if (given === undefined || given === null) return undefined
  if (typeof given === 'function') return { kind: 'javascript', run: given as never, at }
  if (!isObject(given)) throw invalid(at, 'must say how the method is implemented.')
  const { implementationType, type = implementationType } = given as Members
  const imported = type === undefined ? functionIn(given, names) : undefined
  if (imported) return { kind: 'javascript', run: imported, at }
  place.warn(unknownMembers(given, ['implementationType', 'type', ...bodies, ...inBody], at))
  const kind = kinds.find((each) => each === type)
  if (type !== undefined && kind === undefined)
    throw invalid(below(at, 'type'), `must be one of ${kinds.join(', ')}.`)
  return fromFile(method, kind, place) ?? inline(method, kind, given, place)
}

/** The file of a method; it wins over code that the definition holds as text. */
export function fromFile(
  method: Method,
  kind: Implementation['kind'] | undefined,
  { folders, finder, warn }: Place,
): Implementation | undefined {
  if (kind === 'not-supported') return undefined
  const found = finder.find(method.files, folders, kind) ?? finder.find(method.files, folders)
  if (!found) return undefined
  // A module may stand in for any kind, and YAML may lack the ending that tells what it is.
  const own = kind === undefined || found.kind === 'javascript' ? found.kind : kind
  const body = { method: method.name, kind: own, body: found.content, at: found.path }
  return implementationOf(body, [method.name, ...method.old], warn)
}

function inline(
  method: Method,
  kind: Implementation['kind'] | undefined,
  given: Members,
  { at: parent, folders, warn }: Place,
): Implementation {
  const at = below(parent, method.name)
  const name = bodies.find((each) => Object.hasOwn(given, each))
  const own = kind ?? (Object.hasOwn(given, 'code') ? 'javascript' : 'mapping')
  const holds = inBody.some((each) => Object.hasOwn(given, each))
  if (own !== 'not-supported' && name === undefined && !holds) {
    const path = proposedPath(method.files[0] ?? '', folders[0] ?? '', own)
    const what = own === 'javascript' ? 'the imported module' : 'what parsing it gives'
    throw invalid(at, `needs the file ${path}: give ${what} under that path in files.`)
  }
  const where = name === undefined ? at : below(at, name)
  const body = {
    method: method.name,
    kind: own,
    body: name === undefined ? rest(given) : given[name],
    at: where,
  }
  return implementationOf(body, [method.name, ...method.old], warn)
}

const rest = (given: Members): Members =>
  Object.fromEntries(Object.entries(given).filter(([name]) => inBody.includes(name)))
