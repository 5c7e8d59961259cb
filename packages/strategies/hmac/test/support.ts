import type { AuthStrategy, OutgoingRequest } from '@latchkey/core'

/** A request as a strategy signs it, signed: without a connection, so that every part of the world can be said. */
export async function signed(
  auth: AuthStrategy,
  settings: object,
  url: string,
  init: { readonly method?: string; readonly headers?: HeadersInit; readonly body?: BodyInit | null } = {},
  world: { readonly now?: number; readonly random?: (length: number) => Uint8Array } = {},
): Promise<OutgoingRequest> {
  const request: OutgoingRequest = {
    method: init.method ?? 'GET',
    url: new URL(url),
    headers: new Headers(init.headers),
    body: init.body ?? null,
    bytes: async () => new Uint8Array(await new Response(init.body ?? null).arrayBuffer()),
  }
  const random = world.random ?? ((length: number) => new Uint8Array(length).fill(7))
  await auth.apply(request, { settings, memory: new Map(), now: () => world.now ?? 0, random } as never)
  return request
}

/** The text with one bit of its first character changed. */
export const flipped = (text: string): string => String.fromCharCode(text.charCodeAt(0) ^ 1) + text.slice(1)
