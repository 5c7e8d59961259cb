import { AuthError } from '../errors.ts'
import type { Json, OutgoingRequest } from '../strategy.ts'
import { cookieNamed, putCookie } from './cookie.ts'
import { headerValue } from './header.ts'
import { mergeJsonBody, replaceBody, textBody } from './json-body.ts'
import { pairsNamed, putPair } from './pairs.ts'
import { placeName, type Place } from './placement.ts'

/** A place, and whose value goes there: errors name both. */
export type Placing = Place & { readonly field: string; readonly scheme: string }

const urlencoded = 'application/x-www-form-urlencoded'

/**
 * Puts a value, its prefix already before it, where it goes. Only a body needs the promise.
 * @throws {AuthError} unsupported where the place is taken and the placement says so, or where the request cannot carry it
 */
export function put(request: OutgoingRequest, place: Placing, value: string): void | Promise<void> {
  const { headers, url } = request
  const name = place.name as string
  switch (place.in) {
    case 'header': {
      const theirs = headers.get(name)
      if (isFree(place, theirs === null ? [] : [theirs], value))
        headers.set(name, headerValue(value, place.field))
      return
    }
    case 'query': {
      const pairs = url.search.slice(1)
      if (isFree(place, pairsNamed(pairs, name), value)) url.search = putPair(pairs, name, value)
      return
    }
    case 'cookie': {
      const theirs = headers.get('cookie')
      if (isFree(place, cookieNamed(theirs, name), value)) {
        headers.set('cookie', putCookie(theirs, name, headerValue(value, place.field)))
      }
      return
    }
    case 'form':
      return putForm(request, place, name, value)
    case 'json':
      return putJson(request, place, value)
  }
}

/** Puts each value in its place, one after the other; only a body needs the promise. */
export function putAll(
  request: OutgoingRequest,
  placings: readonly (readonly [place: Placing, value: string])[],
): void | Promise<void> {
  let body: Promise<void> | undefined
  for (const [place, value] of placings) {
    if (body !== undefined) {
      body = body.then(() => put(request, place, value))
      continue
    }
    const done = put(request, place, value)
    if (done instanceof Promise) body = done
  }
  return body
}

async function putJson(request: OutgoingRequest, place: Placing, value: string): Promise<void> {
  const nested = [place.name].flat().reduceRight<Json>((value, name) => ({ [name]: value }), value)
  const clash = (theirs: Json, ours: Json): Json => (isFree(place, [theirs], ours) ? ours : theirs)
  await mergeJsonBody(request, nested as Record<string, Json>, clash)
}

async function putForm(request: OutgoingRequest, place: Placing, name: string, value: string): Promise<void> {
  const type = request.headers.get('content-type') ?? urlencoded
  if (/^multipart\/form-data\s*;/i.test(type)) return putPart(request, place, name, value, type)
  if (!type.toLowerCase().startsWith(urlencoded))
    throw refused(place, 'the request has a body of another type')
  const pairs = await textBody(request, '')
  if (!isFree(place, pairsNamed(pairs, name), value)) return
  replaceBody(request, putPair(pairs, name, value), `${urlencoded};charset=UTF-8`)
}

async function putPart(
  request: OutgoingRequest,
  place: Placing,
  name: string,
  value: string,
  type: string,
): Promise<void> {
  const form = await new Response(await request.bytes(), { headers: { 'content-type': type } })
    .formData()
    .catch(() => {
      throw refused(place, 'the body is not the multipart form that its type says')
    })
  if (!isFree(place, form.getAll(name), value)) return
  form.set(name, value)
  const encoded = new Response(form)
  request.headers.delete('content-type')
  replaceBody(
    request,
    new Uint8Array(await encoded.arrayBuffer()),
    encoded.headers.get('content-type') ?? type,
  )
}

/** Whether the value may stand there: what stands there already is decided by the placement's rule. */
function isFree(place: Placing, theirs: readonly unknown[], ours: unknown): boolean {
  const { clash = 'ours' } = place
  if (theirs.length === 0 || clash === 'ours') return true
  if (clash === 'error' && theirs.some((value) => value !== ours))
    throw refused(place, 'the request already has another value there')
  return false
}

function refused(place: Placing, why: string): AuthError {
  const { field, scheme } = place
  return new AuthError('unsupported', `${field} cannot be put into ${placeName(place)}: ${why}`, { scheme })
}
