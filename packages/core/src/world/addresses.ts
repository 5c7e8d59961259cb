/** Why an address is not an ordinary public one. `special`: link-local, metadata, multicast, documentation, reserved. */
export type AddressClass = 'loopback' | 'private' | 'special'

type Row = readonly [prefix: readonly number[], bits: number, kind: AddressClass]

// IANA IPv4 Special-Purpose Address Registry (RFC 6890), by octets; the first row that matches decides.
const v4: readonly Row[] = [
  [[127], 8, 'loopback'],
  [[100, 100, 100, 200], 32, 'special'], // Alibaba Cloud's metadata service, inside the shared address space
  [[168, 63, 129, 16], 32, 'special'], // Azure's WireServer, outside every special range
  [[10], 8, 'private'],
  [[100, 64], 10, 'private'],
  [[172, 16], 12, 'private'],
  [[192, 168], 16, 'private'],
  [[0], 8, 'special'],
  [[169, 254], 16, 'special'],
  [[192, 0, 0], 24, 'special'],
  [[192, 0, 2], 24, 'special'],
  [[192, 88, 99], 24, 'special'],
  [[198, 18], 15, 'special'],
  [[198, 51, 100], 24, 'special'],
  [[203, 0, 113], 24, 'special'],
  [[224], 3, 'special'], // multicast, reserved, broadcast
]

// IANA IPv6 Special-Purpose Address Registry, by groups of 16 bits. What is outside 2000::/3 is special anyway.
const v6: readonly Row[] = [
  [[0, 0, 0, 0, 0, 0, 0, 1], 128, 'loopback'],
  [[0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128, 'special'], // AWS's metadata service, inside the unique local range
  [[0xfc00], 7, 'private'],
  [[0x2001, 0], 23, 'special'], // IETF protocol assignments: Teredo, benchmarking, ORCHID
  [[0x2001, 0xdb8], 32, 'special'],
  [[0x3fff, 0], 20, 'special'],
]

const metadataNames = ['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data.ec2.internal']

const classified = (
  rows: readonly Row[],
  address: readonly number[],
  width: number,
): AddressClass | undefined =>
  rows.find(([prefix, bits]) =>
    prefix.every((part, index) => {
      const spare = Math.max(0, (index + 1) * width - bits)
      return (address[index] ?? 0) >> spare === part >> spare
    }),
  )?.[2]

const classOfV4 = (octets: readonly number[]): AddressClass | undefined => classified(v4, octets, 8)

/** The eight groups of an IPv6 address in the form in which the WHATWG URL parser writes it. */
function groupsOf(text: string): number[] {
  const [head = '', tail] = text.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16))
  const before = groups(head)
  const after = groups(tail ?? '')
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function classOfV6(groups: readonly number[]): AddressClass | undefined {
  const embedded = (at: number): AddressClass | undefined =>
    classOfV4([at, at + 1].flatMap((index) => [(groups[index] ?? 0) >> 8, (groups[index] ?? 0) & 0xff]))
  const starts = (...prefix: number[]): boolean => prefix.every((group, index) => group === groups[index])
  // RFC 4291 section 2.5.5.2: an IPv4-mapped address is the IPv4 address to a socket.
  if (starts(0, 0, 0, 0, 0, 0xffff)) return embedded(6)
  // RFC 6052 section 2.1: on an IPv6-only network every IPv4 host is seen behind this prefix.
  if (starts(0x64, 0xff9b, 0, 0, 0, 0)) return embedded(6) && 'special'
  // RFC 3056 section 2: a 6to4 address names its IPv4 router.
  if (starts(0x2002)) return embedded(1) && 'special'
  return classified(v6, groups, 16) ?? ((groups[0] ?? 0) >> 13 === 1 ? undefined : 'special')
}

/**
 * Why a host is not an ordinary public one; undefined: it is, or it is a name of which nothing is known.
 * Takes what `URL.hostname` gives (its parser has turned `127.1`, `0x7f.1` and full-width digits into 127.0.0.1)
 * or an address as a resolver gives it.
 */
export function addressClass(host: string): AddressClass | undefined {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)) return classOfV4(name.split('.').map(Number))
  if (name.includes(':')) {
    const bare = name.replace(/^\[|\]$/g, '').split('%', 1)[0] ?? ''
    const canonical = URL.canParse(`http://[${bare}]`)
      ? new URL(`http://[${bare}]`).hostname.slice(1, -1)
      : ''
    return canonical === '' ? 'special' : classOfV6(groupsOf(canonical))
  }
  // RFC 6761 section 6.3: localhost and what is below it is loopback.
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback'
  return metadataNames.includes(name) ? 'special' : undefined
}

/** True for hosts that no provider has: loopback, private, link-local, metadata, multicast, documentation, reserved. */
export function isSpecialAddress(host: string): boolean {
  return addressClass(host) !== undefined
}

/** Whether `allow` lets requests reach an address of that class; `private` includes loopback, nothing includes `special`. */
export function isAllowed(
  kind: AddressClass | undefined,
  allow: 'loopback' | 'private' | undefined,
): boolean {
  return (
    kind === undefined ||
    (kind === 'loopback' ? allow !== undefined : kind === 'private' && allow === 'private')
  )
}
