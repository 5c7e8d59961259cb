import { AuthError } from '../errors.ts'
import type { Json, OutgoingRequest } from '../strategy.ts'

type JsonObject = { readonly [key: string]: Json | undefined }

/** Decides where both bodies have a value in one place and not both values are objects. */
export type JsonClash = (theirs: Json, ours: Json) => Json

/**
 * Adds members to a request's JSON body; a request without a body gets one where its method carries one. What is not
 * touched keeps its spelling, numbers beyond 2^53 included, unless a member of the same name has to be merged.
 * @throws {AuthError} unsupported where the request cannot carry JSON, body_not_replayable for a body that can be read only once
 */
export async function mergeJsonBody(
  request: OutgoingRequest,
  extra: JsonObject,
  clash: JsonClash,
): Promise<void> {
  const type = request.headers.get('content-type')
  // Fetch calls a body that was given as a string text/plain.
  if (type !== null && !/^(?:text\/plain|[^;]*[/+]json)\s*(?:;|$)/i.test(type))
    throw refused('its content type is not JSON')
  const merged = mergeJson(await textBody(request, '{}'), extra, clash)
  if (merged === undefined) throw refused('its body is not a JSON object')
  replaceBody(request, merged, 'application/json')
}

/** Puts another body on a request: its length is another, and its type is given where the request names none. */
export function replaceBody(request: OutgoingRequest, body: BodyInit, type: string): void {
  request.body = body
  request.headers.delete('content-length')
  if (!request.headers.has('content-type')) request.headers.set('content-type', type)
}

/**
 * A request's body as text; `empty` for one without a body.
 * @throws {AuthError} unsupported for a method that carries no body and for bytes that are not UTF-8
 */
export async function textBody(request: OutgoingRequest, empty: string): Promise<string> {
  const { body, method } = request
  if (body === null || body === '') {
    if (method === 'GET' || method === 'HEAD') throw refused(`a ${method} request has no body`)
    return empty
  }
  if (typeof body === 'string') return body
  const bytes = await request.bytes()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refused('its body is not text')
  }
}

/** The text of a JSON object with more members, or undefined where the text is none. */
export function mergeJson(text: string, extra: JsonObject, clash: JsonClash): string | undefined {
  const body = parseObject(text)
  if (body === undefined) return undefined
  if (Object.keys(extra).some((name) => Object.hasOwn(body, name)))
    return JSON.stringify(merged(body, extra, clash))
  const added = JSON.stringify(extra).slice(1, -1)
  return added === '' ? text : text.replace('{', () => `{${added}${Object.keys(body).length > 0 ? ',' : ''}`)
}

function merged(theirs: JsonObject, ours: JsonObject, clash: JsonClash): JsonObject {
  const result = new Map(Object.entries(theirs))
  for (const [name, our] of Object.entries(ours)) {
    const their = result.get(name)
    if (our === undefined) continue
    if (their === undefined) result.set(name, our)
    else result.set(name, isObject(their) && isObject(our) ? merged(their, our, clash) : clash(their, our))
  }
  return Object.fromEntries(result)
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isObject(value) ? value : undefined
  } catch {
    // The native error quotes the body.
    return undefined
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(why: string): AuthError {
  return new AuthError('unsupported', `The request cannot carry what its body must say: ${why}`)
}
