import { guardField, type Field, type FieldGuard, type Fields, type Json } from '@latchkey/core'
import {
  headerName,
  headerValue,
  jsonSlotNames,
  parseUrlTemplate,
  renderJson,
  renderOptional,
  slotNames,
  type Extension,
} from '@latchkey/core/http'

type Settings = Readonly<Record<string, unknown>>

/**
 * An extension in plain JSON, whose texts have slots: `{apiKey}` is the value of that field. An entry whose slot is an
 * optional field that was left empty is left out. In `json` a text that is nothing but a slot takes the value's type.
 */
export interface RequestTemplate {
  /** `{name}` is one DNS label, port, part of a path segment or of the query, by its place; `{name:host}` a whole host. */
  readonly prefixUrl?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly searchParams?: Readonly<Record<string, string>>
  readonly username?: string
  readonly password?: string
  readonly json?: { readonly [name: string]: Json }
}

/** What the places demand of the fields that go there, for the form to say at once. */
const inHeader: FieldGuard = {
  pattern: '[\\x20-\\x7e]+',
  patternHint: 'Give only the value itself: no accents, typographic quotes or invisible characters.',
}
const inUsername: FieldGuard = { pattern: '[^:]*', patternHint: 'A user name has no colon.' }

/**
 * The template's fields, with what its places demand of them.
 * @throws {TypeError} that names a slot without a field, or a header that cannot carry a credential
 */
export function guardedFields(template: RequestTemplate, fields: Fields): Fields {
  const { prefixUrl, headers = {}, searchParams = {}, username = '', password = '', json = {} } = template
  const url = prefixUrl === undefined ? undefined : parseUrlTemplate(prefixUrl)
  const kinds = new Map(
    [...(url?.host ?? []), ...(url?.path ?? []), ...(url?.query ?? []), url?.port ?? ''].flatMap((piece) =>
      typeof piece === 'object' ? [[piece.name, piece.kind] as const] : [],
    ),
  )
  Object.keys(headers).forEach(headerName)
  const headed = new Set(Object.values(headers).flatMap(slotNames))
  const named = new Set(slotNames(username))
  const all = [
    ...kinds.keys(),
    ...headed,
    ...named,
    ...slotNames(password),
    ...Object.values(searchParams).flatMap(slotNames),
    ...jsonSlotNames(json),
  ]
  const unknown = all.find((name) => !Object.hasOwn(fields, name))
  if (unknown !== undefined)
    throw new TypeError(`custom: request has a slot {${unknown}}, and fields has no field of that name`)
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const formatted = formattedFor(field, kinds.get(name))
      const guard = headed.has(name) ? inHeader : named.has(name) ? inUsername : undefined
      return [name, guardField(formatted, guard)]
    }),
  )
}

function formattedFor(field: Field, kind: string | undefined): Field {
  const format = kind === 'label' ? 'subdomain' : kind === 'host' ? 'hostname' : undefined
  return format === undefined || field.type === 'number' || field.type === 'boolean'
    ? field
    : { format, ...field }
}

/** The extension for these settings; the base URL is the core's to render. */
export function render(
  { headers, searchParams, username, password, json }: RequestTemplate,
  fields: Fields,
  settings: Settings,
): Extension {
  const isOptional = (name: string): boolean => fields[name]?.required !== true
  const text = (template: string, check?: typeof headerValue): string | undefined =>
    renderOptional(template, settings, isOptional, check)
  return {
    headers: headers && mapValues(headers, (template) => text(template, headerValue)),
    searchParams: searchParams && mapValues(searchParams, (template) => text(template)),
    username: username === undefined ? undefined : text(username),
    password: password === undefined ? undefined : text(password),
    json: json && renderJson(json, settings, isOptional),
  }
}

function mapValues<V, R>(entries: Readonly<Record<string, V>>, change: (value: V) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value)]))
}
