import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

export { digest, digestHex, hmac } from './hash-node.ts'

const refused = (): Error =>
  Object.assign(new Error('The name resolves to a special address.'), { code: 'ERR_SPECIAL_ADDRESS' })

/**
 * A dispatcher for Node's fetch that resolves names inside the lookup that the socket uses: all addresses of a name
 * are checked, and the socket connects to those and no others, so that a second answer cannot differ.
 */
export async function guardedDispatcher(permits: (address: string) => boolean): Promise<object | undefined> {
  // Loads Node's own undici first, which makes the global dispatcher; otherwise ours would become everybody's.
  new Headers()
  const { Agent } = await import('undici')
  const resolve: LookupFunction = (host, options, answer) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const first = error ? undefined : addresses[0]
      if (first === undefined) answer(error ?? refused(), [])
      else if (!addresses.every(({ address }) => permits(address))) answer(refused(), [])
      else if (options.all === true) answer(null, addresses)
      else answer(null, first.address, first.family)
    })
  }
  return new Agent({ connect: { lookup: resolve } })
}
