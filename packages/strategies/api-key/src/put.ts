import { AuthError, type Json, type OutgoingRequest } from '@latchkey/core'
import { headerValue, mergeJsonBody, replaceBody, textBody } from '@latchkey/core/http'
import { cookieNamed, putCookie } from './cookie.ts'
import { pairsNamed, putPair } from './pairs.ts'
import { placeOf, type Placement } from './placement.ts'
import type { Placed } from './placed.ts'

const urlencoded = 'application/x-www-form-urlencoded'

/**
 * Puts a key, its prefix before it, where it goes. Only a body needs the promise.
 * @throws {AuthError} unsupported where the place is taken and the placement says so, or where the request cannot carry the key
 */
export function put(request: OutgoingRequest, place: Placed, key: string): void | Promise<void> {
  const { headers, url } = request
  const name = place.name as string
  switch (place.in) {
    case 'header': {
      const theirs = headers.get(name)
      if (isFree(place, theirs === null ? [] : [theirs], key))
        headers.set(name, headerValue(key, place.field))
      return
    }
    case 'query': {
      const pairs = url.search.slice(1)
      if (isFree(place, pairsNamed(pairs, name), key)) url.search = putPair(pairs, name, key)
      return
    }
    case 'cookie': {
      const theirs = headers.get('cookie')
      if (isFree(place, cookieNamed(theirs, name), key)) {
        headers.set('cookie', putCookie(theirs, name, headerValue(key, place.field)))
      }
      return
    }
    case 'form':
      return putForm(request, place, name, key)
    case 'json':
      return putJson(request, place, key)
  }
}

async function putJson(request: OutgoingRequest, place: Placement, key: string): Promise<void> {
  const nested = [place.name].flat().reduceRight<Json>((value, name) => ({ [name]: value }), key)
  const clash = (theirs: Json, ours: Json): Json => (isFree(place, [theirs], ours) ? ours : theirs)
  await mergeJsonBody(request, nested as Record<string, Json>, clash)
}

async function putForm(request: OutgoingRequest, place: Placement, name: string, key: string): Promise<void> {
  const type = request.headers.get('content-type') ?? urlencoded
  if (/^multipart\/form-data\s*;/i.test(type)) return putPart(request, place, name, key, type)
  if (!type.toLowerCase().startsWith(urlencoded))
    throw refused(place, 'the request has a body of another type')
  const pairs = await textBody(request, '')
  if (!isFree(place, pairsNamed(pairs, name), key)) return
  replaceBody(request, putPair(pairs, name, key), `${urlencoded};charset=UTF-8`)
}

async function putPart(
  request: OutgoingRequest,
  place: Placement,
  name: string,
  key: string,
  type: string,
): Promise<void> {
  const form = await new Response(await request.bytes(), { headers: { 'content-type': type } })
    .formData()
    .catch(() => {
      throw refused(place, 'the body is not the multipart form that its type says')
    })
  if (!isFree(place, form.getAll(name), key)) return
  form.set(name, key)
  const encoded = new Response(form)
  request.headers.delete('content-type')
  replaceBody(
    request,
    new Uint8Array(await encoded.arrayBuffer()),
    encoded.headers.get('content-type') ?? type,
  )
}

/** Whether the key may stand there: what stands there already is decided by the placement's rule. */
function isFree(place: Placement, theirs: readonly unknown[], ours: unknown): boolean {
  const { clash = 'ours' } = place
  if (theirs.length === 0 || clash === 'ours') return true
  if (clash === 'error' && theirs.some((value) => value !== ours))
    throw refused(place, 'the request already has another value there')
  return false
}

function refused(place: Placement, why: string): AuthError {
  return new AuthError('unsupported', `The API key cannot be put into ${placeOf(place)}: ${why}`, {
    scheme: 'api-key',
  })
}
