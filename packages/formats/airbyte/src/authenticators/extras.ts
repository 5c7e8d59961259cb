import { below, isObject, type JsonObject, type Warning } from '@latchkey/core/definition'
import { meaningOf, parseTemplate, referencesOf, variablesOf, type Template } from '../template/index.ts'

/** A value that a requester sends for its account, beside its authenticator. */
export interface Extra {
  readonly in: 'header' | 'query' | 'form' | 'json'
  /** One name, or in a JSON body a path. */
  readonly name: readonly string[]
  readonly value: string
}

/** Whether the form keeps the value at that path to itself. */
export type IsSecret = (path: readonly string[]) => boolean

/** Names of what tells accounts and clients apart, whether or not a schema calls it secret. */
const telling = /client_?id|consumer_?key|app_?id|(?:api|access|auth)_?key|token|secret|passw|signature/i

/**
 * What of a requester is there for the account: headers that speak of the configuration, and of query and body what
 * speaks of a secret or of a client. What speaks of a stream, a slice or a page is the caller's.
 */
export function extrasIn(requester: JsonObject, isSecret: IsSecret): readonly Extra[] {
  const { request_headers: headers, request_parameters: params, path } = requester
  const { request_body: body, request_body_data: data, request_body_json: object } = requester
  const typed = isObject(body) ? body : {}
  const isForm = typed['type'] === 'RequestBodyUrlEncodedForm'
  const isJson = typed['type'] === 'RequestBodyJsonObject'
  const query = typeof path === 'string' ? queryOf(path) : {}
  return [
    ...entries(headers, 'header', () => true),
    ...entries({ ...query, ...(isObject(params) ? params : {}) }, 'query', isSecret),
    ...entries(isForm ? typed['value'] : data, 'form', isSecret),
    ...entries(isJson ? typed['value'] : object, 'json', isSecret),
  ]
}

function entries(
  value: unknown,
  place: Extra['in'],
  isSecret: IsSecret,
  path: readonly string[] = [],
): Extra[] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, item]): Extra[] => {
    const own = [...path, name]
    if (place === 'json' && isObject(item)) return entries(item, place, isSecret, own)
    if (typeof item !== 'string') return []
    return isAccount(item, own, isSecret) ? [{ in: place, name: own, value: item }] : []
  })
}

function isAccount(value: string, name: readonly string[], isSecret: IsSecret): boolean {
  const template = templateOf(value)
  if (!template || variablesOf(template).length > 0) return false
  const paths = referencesOf(template)
  const tells = paths.some((path) => telling.test(path.at(-1) ?? '')) || telling.test(name.at(-1) ?? '')
  return paths.length > 0 && (tells || paths.some(isSecret))
}

/** Whether a text speaks of a secret. What cannot be read does not. */
export function speaksOfSecret(text: unknown, isSecret: IsSecret): boolean {
  const template = typeof text === 'string' ? templateOf(text) : undefined
  return template !== undefined && referencesOf(template).some(isSecret)
}

/** Warnings for the texts of a requester, by its members, that cannot be read and so are not sent. */
export function unreadable(requester: JsonObject, members: readonly string[], at: string): Warning[] {
  const within = (value: unknown, place: string): Warning[] => {
    if (isObject(value))
      return Object.entries(value).flatMap(([name, item]) => within(item, below(place, name)))
    if (typeof value !== 'string' || templateOf(value)) return []
    return [{ path: place, message: 'This template cannot be read, so it is the caller’s to send.' }]
  }
  return members.flatMap((name) => within(requester[name], below(at, name)))
}

function templateOf(text: string): Template | undefined {
  try {
    return parseTemplate(text, '')
  } catch {
    return undefined
  }
}

/** The parameters that a path has, as templates. */
function queryOf(path: string): Record<string, string> {
  // A question mark, an ampersand or an equals sign inside a template is none of the path's.
  const [, query = ''] = /^(?:\{\{[^]*?\}\}|[^?{]|\{(?!\{))*\?([^]*)$/.exec(path) ?? []
  const pairs = query.match(/(?:\{\{[^]*?\}\}|[^&])+/g) ?? []
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const [, name, value] = /^([\w.~[\]-]+)=([^]*)$/.exec(pair) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
}

/** The same text for what means the same in the same place. */
export const keyOf = (extra: Extra): string => JSON.stringify([extra.in, extra.name, meaningOf(extra.value)])

/** The same text for requesters that send the same for their account. */
export function extrasKey(requester: JsonObject, isSecret: IsSecret): string {
  return extrasIn(requester, isSecret).map(keyOf).sort().join()
}
