/** DER of one value: tag, length, content. X.690 section 8.1. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0)
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Uint8Array.from([tag, ...size, ...parts.flatMap((part) => [...part])])
}

/** The tag and content of the value at `at`, and where it ends; undefined where there is none. */
export function derAt(
  bytes: Uint8Array,
  at: number,
): { readonly tag: number; readonly content: Uint8Array; readonly end: number } | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return undefined
  const long = first > 0x7f ? first & 0x7f : 0
  if (long > 3) return undefined
  let length = long === 0 ? first : 0
  for (let index = 0; index < long; index++) length = length * 256 + (bytes[at + 2 + index] ?? 0)
  const start = at + 2 + long
  const end = start + length
  return end > bytes.byteLength ? undefined : { tag, content: bytes.subarray(start, end), end }
}
