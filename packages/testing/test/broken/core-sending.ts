import type { Connection } from '@latchkey/core'
import { broken, inHeader, inQuery, raw, type BrokenCore, type Options } from './core.ts'
import { laws } from './laws.ts'

type Fetch = typeof globalThis.fetch

const locationOf = (response: Response): string | undefined =>
  response.status > 300 && response.status < 309 ? (response.headers.get('location') ?? undefined) : undefined

/** Follows redirects in its own way: `next` sends what a redirect asks for. */
const following =
  (
    good: Connection,
    next: (location: string, init: RequestInit | undefined, first: Request, hop: number) => Promise<Response>,
  ): Fetch =>
  async (input, init) => {
    const first = new Request(input, init)
    let response = await good.fetch(input, { ...init, redirect: 'manual' })
    for (
      let hop = 0, to = locationOf(response);
      to !== undefined && hop < 5;
      hop++, to = locationOf(response)
    ) {
      const toGet = response.status < 304
      const { body, ...rest } = init ?? {}
      const headers = new Headers(rest.headers)
      if (toGet) headers.delete('content-type')
      else if (!headers.has('content-type') && first.headers.has('content-type'))
        headers.set('content-type', first.headers.get('content-type') ?? '')
      response = await next(
        to,
        { ...rest, headers, redirect: 'manual', ...(toGet ? { method: 'GET' } : body ? { body } : {}) },
        first,
        hop,
      )
    }
    return response
  }

const allowed = (options: Options, to: string): boolean =>
  options.origins?.includes(new URL(to).origin) === true

/** What a core can do wrong with a request and its answer. */
export const brokenSenders: readonly BrokenCore[] = [
  broken(
    'follows redirects with the headers of the first request',
    inHeader,
    () => ({
      connection: (good, options) => ({
        fetch: following(good, async (to, init) => {
          const signed = await good.apply(
            new Request('https://api.latchkey.test/', { headers: init?.headers ?? {} }),
          )
          return raw(options)(to, { ...init, headers: signed.headers })
        }),
      }),
    }),
    [laws.away, laws.copy, laws.bare],
  ),
  broken(
    'signs a request that has come back',
    inHeader,
    () => ({
      connection: (good, options) => ({
        fetch: following(good, (to, init) =>
          allowed(options, to) ? good.fetch(to, init) : raw(options)(to, init),
        ),
      }),
    }),
    [laws.bare],
  ),
  broken(
    'takes the address of a redirect as it is',
    inQuery,
    () => ({
      connection: (good, options) => ({
        fetch: following(good, (to, init) =>
          allowed(options, to) ? good.fetch(to, init) : raw(options)(to, init),
        ),
      }),
    }),
    [laws.copy, laws.bare],
  ),
  broken(
    'shows its settings',
    inHeader,
    () => ({
      connection: ({ key }, options) => Object.assign({ key }, { settings: options.settings as unknown }),
    }),
    [laws.shows],
  ),
  broken(
    'tells its status what was typed',
    inHeader,
    () => ({
      connection: (good, { settings }) => ({
        status: async () => ({ ...(await good.status()), scheme: JSON.stringify(settings) }),
      }),
    }),
    [laws.shows, laws.echo],
  ),
  broken(
    'gives its errors the settings as their cause',
    inHeader,
    () => ({
      connection: (good, options) => ({
        test: (own) =>
          good.test(own).catch((error: unknown) => {
            throw Object.assign(error as Error, { cause: options.settings as unknown })
          }),
      }),
    }),
    [laws.echo],
  ),
  broken(
    'checks no settings',
    inHeader,
    () => ({
      strategy: ({ scheme, apply, test }) => ({
        scheme,
        apply,
        ...(test && { test }),
        fields: { key: { type: 'password', label: 'Key', multiline: true } },
      }),
    }),
    [laws.valid],
  ),
  broken(
    'leaves a request for another sender as it is',
    inHeader,
    () => ({
      connection: () => ({ apply: ((request: Request) => Promise.resolve(request)) as Connection['apply'] }),
    }),
    [laws.sender],
  ),
  broken(
    'hands on a response that has been read',
    inHeader,
    () => ({
      connection: (good) => ({
        fetch: async (input, init) => {
          const response = await good.fetch(input, init)
          if (response.headers.get('content-type') === 'application/json') await response.text()
          return response
        },
      }),
    }),
    [laws.reads],
  ),
  broken(
    'sends the signature of the first request with all',
    inHeader,
    () => ({
      connection: (good, options) => {
        let signed: Headers | undefined
        return {
          fetch: async (input, init) => {
            const { url, method } = new Request(input, init)
            if (url.includes('?') || method !== 'GET') return good.fetch(input, init)
            if (signed !== undefined) return raw(options)(input, { ...init, headers: signed })
            signed = (await good.apply(new Request(input, init))).headers
            return good.fetch(input, init)
          },
        }
      },
    }),
    [laws.afresh],
  ),
  broken(
    'sends a rejected request again and again',
    inHeader,
    () => ({
      connection: (good) => ({
        fetch: async (input, init) => {
          const response = await good.fetch(input, init)
          return response.status === 401 ? good.fetch(input, init) : response
        },
      }),
    }),
    [laws.bare, laws.once],
  ),
]
