const encoder = /* @__PURE__ */ new TextEncoder()
const chunk = 0x8000

/** The UTF-8 bytes of a text; lone surrogates become U+FFFD. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** Bytes, or the UTF-8 bytes of a text, in base64 with padding. RFC 4648 section 4. */
export function base64Encode(input: string | Uint8Array): string {
  // Buffer takes a text several times faster than the bytes that were made of it first.
  if (typeof Buffer === 'function' && typeof input === 'string') return Buffer.from(input).toString('base64')
  const bytes = typeof input === 'string' ? utf8(input) : input
  if (typeof Buffer === 'function')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  let binary = ''
  for (let at = 0; at < bytes.length; at += chunk)
    binary += String.fromCharCode(...bytes.subarray(at, at + chunk))
  return btoa(binary)
}

/** Bytes, or the UTF-8 bytes of a text, in base64url without padding. RFC 4648 section 5, RFC 7515 section 2. */
export function base64urlEncode(input: string | Uint8Array): string {
  return base64Encode(input)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '')
}

/** The bytes of a base64 text with padding; undefined where it is not exactly that (white space included). */
export function base64Decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  // atob forgives white space and missing padding, Buffer anything.
  if (text.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(text)) return undefined
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** The bytes of a base64url text, with or without padding; undefined where it is not that. */
export function base64urlDecode(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (/[+/]/.test(text)) return undefined
  const bare = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '')
  if (text.includes('=') && text.length % 4 !== 0) return undefined
  return base64Decode(bare + '='.repeat((4 - (bare.length % 4)) % 4))
}

/** Bytes in lower-case hexadecimal. */
export function hexEncode(bytes: Uint8Array): string {
  if (typeof Buffer === 'function')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** The bytes of a hexadecimal text in either case; undefined where it is not that. */
export function hexDecode(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0 || !/^[\da-f]*$/i.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    parseInt(text.slice(index * 2, index * 2 + 2), 16),
  )
}

/** Everything but the unreserved characters as `%XX` of UTF-8, as signatures need it. RFC 3986 section 2.3, RFC 5849 section 3.6. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** `application/x-www-form-urlencoded`; entries whose value is undefined are left out. */
export function formEncode(
  entries: Iterable<readonly [string, string | undefined]> | Readonly<Record<string, string | undefined>>,
): string {
  const pairs = Symbol.iterator in entries ? entries : Object.entries(entries)
  return new URLSearchParams(
    [...pairs].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ).toString()
}

/** The bytes that Fetch would send for a body; a stream is used up. */
export async function bodyBytes(body: BodyInit | null): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return new Uint8Array()
  return typeof body === 'string' ? utf8(body) : new Uint8Array(await new Response(body).arrayBuffer())
}

/** Chunks of `length` bytes in all, as one. */
export function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
