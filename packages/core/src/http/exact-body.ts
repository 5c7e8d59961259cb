import type { OutgoingRequest } from '../context.ts'

/**
 * The body as it will be sent, for a signature over it: at once where it is a text or bytes, empty where there is none.
 * @throws {AuthError} body_not_replayable for a body that can be read only once
 */
export function exactBody(request: OutgoingRequest): string | Uint8Array | Promise<Uint8Array> {
  const { body } = request
  if (body === null) return ''
  return typeof body === 'string' || body instanceof Uint8Array ? body : request.bytes()
}
