import { usage } from '../output/failure.ts'

/** A server on this machine that plays all providers: `https://HOST/PATH` is at `URL/HOST/PATH`. For tests and demos. */
export interface StandIn {
  /** Where a URL is at the stand-in; what is on this machine anyway stays where it is. */
  readonly address: (url: string) => string
  readonly fetch: typeof globalThis.fetch
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * The address of the stand-in that `LATCHKEY_STAND_IN` names; undefined where it names none.
 * @throws {Failure} where it is not on this machine: what is sent there is secret, and bare http
 */
export function standInOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const at = env['LATCHKEY_STAND_IN'] || undefined
  if (at === undefined) return undefined
  const { protocol, hostname, origin } = new URL(URL.canParse(at) ? at : 'about:blank')
  if (protocol === 'http:' && loopback.test(hostname)) return origin
  throw usage('LATCHKEY_STAND_IN is no http URL on this machine.', 'Unset it, or name a test server.')
}

/** Sends every request to the stand-in, where one is named. */
export function standIn(
  env: Readonly<Record<string, string | undefined>>,
  fetch: typeof globalThis.fetch,
): StandIn {
  const address = (url: string): string => {
    const base = standInOf(env)
    const { hostname, host, pathname, search } = new URL(url)
    return base === undefined || loopback.test(hostname) ? url : `${base}/${host}${pathname}${search}`
  }
  return {
    address,
    fetch: async (input, init) =>
      input instanceof Request
        ? await fetch(new Request(address(input.url), input), init)
        : await fetch(address(String(input)), init),
  }
}
