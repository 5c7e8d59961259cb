/** The values of one name in `a=1&b=2`, decoded. */
export function pairsNamed(pairs: string, name: string): string[] {
  return new URLSearchParams(`&${pairs}`).getAll(name)
}

/**
 * Puts one pair at the end of `a=1&b=2` and takes away all others of its name. The other pairs keep their spelling,
 * which `URLSearchParams.set` would change.
 */
export function putPair(pairs: string, name: string, value: string): string {
  const others = pairs.split('&').filter((pair) => pair !== '' && !new URLSearchParams(`&${pair}`).has(name))
  return [...others, new URLSearchParams([[name, value]]).toString()].join('&')
}
