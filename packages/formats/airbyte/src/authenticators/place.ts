import { below, invalid, unknownMembers, type JsonObject } from '@latchkey/core/definition'
import { headerName, type Place } from '@latchkey/core/http'
import type { Scope } from '../template/index.ts'
import { attempt } from './made.ts'
import { componentIn, needed, textAt, textIn, type Text } from './text.ts'
import type { Where } from './where.ts'

/** A `RequestOption`: a place whose name is a text of the definition. */
export interface RequestOption {
  readonly in: 'header' | 'query' | 'form' | 'json'
  /** One name, or in a JSON body a path. */
  readonly name: readonly Text[]
}

const kinds: Readonly<Record<string, RequestOption['in']>> = {
  header: 'header',
  request_parameter: 'query',
  body_data: 'form',
  body_json: 'json',
}

/** Reads a `RequestOption`. @throws {AuthError} definition_invalid naming the member */
export function requestOption(value: unknown, at: string, warn: Where['warn']): RequestOption {
  const option = componentIn(value, at, 'a RequestOption')
  unknownMembers(option, ['type', 'inject_into', 'field_name', 'field_path', '$parameters'], at).forEach(warn)
  const where = option['inject_into']
  const kind = typeof where === 'string' && Object.hasOwn(kinds, where) ? kinds[where] : undefined
  if (kind === undefined) {
    const known = Object.keys(kinds).join(', ')
    throw invalid(below(at, 'inject_into'), `this must be one of ${known}.`)
  }
  return { in: kind, name: nameOf(option, kind, at) }
}

function nameOf(option: JsonObject, kind: RequestOption['in'], at: string): readonly Text[] {
  const path = option['field_path'] ?? []
  if (!Array.isArray(path)) throw invalid(below(at, 'field_path'), 'this must be a list of names.')
  const names: readonly unknown[] = path
  const named = (option['field_name'] ?? undefined) !== undefined
  // An empty list is as good as none.
  if (names.length === 0) return [textAt(option, 'field_name', at)]
  if (named) throw invalid(at, 'give field_name or field_path, not both.')
  if (kind !== 'json')
    throw invalid(below(at, 'field_path'), 'only a JSON body has paths (inject_into: body_json).')
  return names.map((name, index) => textIn(name, below(below(at, 'field_path'), index)))
}

/** The place under a configuration. @throws {AuthError} naming what is empty or cannot carry a credential */
export function placeIn(option: RequestOption, scope: Scope): Place {
  const names = option.name.map((name) => needed(name, scope))
  const [name = ''] = names
  if (option.in === 'json') return { in: 'json', name: names.length === 1 ? name : names }
  if (option.in === 'header') attempt(option.name[0]?.at ?? '', () => headerName(name))
  return { in: option.in, name }
}
