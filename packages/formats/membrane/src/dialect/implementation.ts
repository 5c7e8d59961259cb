import {
  below,
  invalid,
  isObject,
  memberAt,
  unknownMembers,
  unsupported,
  type Warning,
} from '@latchkey/core/definition'
import { checkFormulas } from '../formula/check.ts'
import type { GraphqlField, Implementation, ImportedFunction, MethodName } from './types.ts'

type Members = Readonly<Record<string, unknown>>
type Kind = Implementation['kind']

/** A method's body, whose kind is known. */
interface Body {
  readonly method: MethodName
  readonly kind: Kind
  /** Of the definition, or of the file. */
  readonly body: unknown
  readonly at: string
}

/** What an imported module exports for a method: the function itself, its default, or one of the method's name. */
export function functionIn(content: unknown, names: readonly string[]): ImportedFunction | undefined {
  if (typeof content === 'function') return content as ImportedFunction
  if (typeof content !== 'object' || content === null) return undefined
  const module = content as Members
  const found = [...names, 'default']
    .map((name) => memberAt(module, [name]))
    .find((each) => each !== undefined)
  return found === content ? undefined : functionIn(found, names)
}

/**
 * A method, checked.
 * @throws {AuthError} definition_invalid or unsupported, with the path
 */
export function implementationOf(
  { method, kind, body, at }: Body,
  names: readonly string[],
  warn: (warnings: readonly Warning[]) => void,
): Implementation {
  if (kind === 'not-supported') return { kind, at }
  if (kind === 'javascript') return { kind, run: importedFrom(body, names, at), at }
  if (typeof body === 'string' && body.includes('\n'))
    throw invalid(at, 'is text: parse the YAML or JSON and give what comes out.')
  if (kind === 'mapping' && method === 'test' && isObject(body) && 'path' in body && 'method' in body) {
    warn([{ path: at, message: 'A test that names a path is a rest-api-mapping, and is taken as one.' }])
    return restOf(body, at, warn)
  }
  if (kind === 'mapping') {
    if (body === undefined) throw invalid(at, 'has no mapping.')
    warn(checkFormulas(body, at))
    return { kind, mapping: body, at }
  }
  if (!isObject(body)) throw invalid(at, `a ${kind} must be an object.`)
  if (kind === 'rest-api-mapping') return restOf(body, at, warn)
  return kind === 'graphql-api-mapping' ? graphqlOf(body, at, warn) : operationOf(body, at, warn)
}

function importedFrom(body: unknown, names: readonly string[], at: string): ImportedFunction {
  if (typeof body === 'string')
    throw unsupported(
      at,
      'is JavaScript as text, which is never run. Import it as a module, and give the module under its path in files.',
    )
  const run = functionIn(body, names)
  if (!run) throw invalid(at, `exports no function; export ${names[0] ?? 'it'} or a default.`)
  return run
}

const text = (body: Members, name: string, at: string): string => {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw invalid(below(at, name), 'must be a text.')
  return value
}

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

function restOf(body: Members, at: string, warn: (warnings: readonly Warning[]) => void): Implementation {
  const { requestMapping = {}, responseMapping } = body
  const place = below(at, 'requestMapping')
  if (!isObject(requestMapping))
    throw invalid(place, 'must be an object: pathParameters, query, headers, data.')
  warn([
    ...unknownMembers(body as never, ['path', 'method', 'requestMapping', 'responseMapping'], at),
    ...unknownMembers(requestMapping, ['pathParameters', 'query', 'headers', 'data'], place),
    ...checkFormulas(requestMapping, place),
    ...checkFormulas(responseMapping, below(at, 'responseMapping')),
  ])
  const named = text(body, 'method', at).toUpperCase()
  const method = verbs.find((verb) => verb === named)
  if (method === undefined) throw invalid(below(at, 'method'), 'must be get, post, put, patch or delete.')
  return {
    kind: 'rest-api-mapping',
    path: text(body, 'path', at),
    method,
    requestMapping,
    ...(responseMapping !== undefined && { responseMapping }),
    at,
  }
}

function graphqlOf(body: Members, at: string, warn: (warnings: readonly Warning[]) => void): Implementation {
  const { operationType = 'query', requestMapping, responseMapping } = body
  if (operationType !== 'query' && operationType !== 'mutation')
    throw invalid(below(at, 'operationType'), 'must be query or mutation.')
  warn([
    ...unknownMembers(body as never, ['path', 'operationType', 'requestMapping', 'responseMapping'], at),
    ...checkFormulas(responseMapping, below(at, 'responseMapping')),
  ])
  return {
    kind: 'graphql-api-mapping',
    path: typeof body.path === 'string' ? body.path : '/',
    operationType,
    requestMapping: graphqlFields(requestMapping, below(at, 'requestMapping'), warn),
    ...(responseMapping !== undefined && { responseMapping }),
    at,
  }
}

function graphqlFields(
  value: unknown,
  at: string,
  warn: (warnings: readonly Warning[]) => void,
  depth = 0,
): GraphqlField[] {
  if (!Array.isArray(value) || depth > 16)
    throw invalid(at, 'must be a list of fields, no deeper than 16 levels.')
  return value.map((item: unknown, index) => {
    const place = below(at, index)
    if (!isObject(item)) throw invalid(place, 'must be an object with field.')
    const { args, subFields } = item as Members
    const field = text(item, 'field', place)
    // GraphQL section 2.1.9: a name, here with an alias before it.
    if (!/^(?:[_a-z]\w*\s*:\s*)?[_a-z]\w*$/i.test(field))
      throw invalid(below(place, 'field'), 'must be a GraphQL name.')
    warn(checkFormulas(args, below(place, 'args')))
    return {
      field,
      ...(args !== undefined && { args }),
      ...(subFields !== undefined && {
        subFields: graphqlFields(subFields, below(place, 'subFields'), warn, depth + 1),
      }),
    }
  })
}

function operationOf(
  body: Members,
  at: string,
  warn: (warnings: readonly Warning[]) => void,
): Implementation {
  const { inputMapping, outputMapping } = body
  warn([
    ...unknownMembers(body as never, ['operationKey', 'inputMapping', 'outputMapping'], at),
    ...checkFormulas(inputMapping, below(at, 'inputMapping')),
    ...checkFormulas(outputMapping, below(at, 'outputMapping')),
  ])
  return {
    kind: 'operation-mapping',
    operationKey: text(body, 'operationKey', at),
    ...(inputMapping !== undefined && { inputMapping }),
    ...(outputMapping !== undefined && { outputMapping }),
    at,
  }
}
