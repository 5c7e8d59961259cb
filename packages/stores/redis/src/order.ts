/** A number as 16 digits whose order as text is that of the numbers: IEEE 754, with the sign turned round. */
export function sortable(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  // Adding zero makes -0 and 0 one.
  view.setFloat64(0, value + 0)
  const bits = view.getBigUint64(0)
  const turned = bits >> 63n ? ~bits : bits | (1n << 63n)
  return BigInt.asUintN(64, turned).toString(16).padStart(16, '0')
}

/** How many digits `sortable` gives. */
export const sortableDigits = 16

/** The order of texts by their bytes in UTF-8, as Redis has it: that of code points, unlike JavaScript's own. */
export function byBytes(a: string, b: string): number {
  const [left, right] = [encoder.encode(a), encoder.encode(b)]
  const at = left.findIndex((byte, index) => byte !== right[index])
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1)
}

const encoder = new TextEncoder()

/** Which of so many partitions a key is in, for ever: FNV-1a. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (const byte of encoder.encode(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash % partitions
}
