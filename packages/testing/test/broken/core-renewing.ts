import { connect } from '@latchkey/core'
import { broken, loggingIn, raw, type BrokenCore } from './core.ts'
import { laws } from './laws.ts'

/** What a core can do wrong with credentials. */
export const brokenRenewers: readonly BrokenCore[] = [
  broken(
    'renews for each request',
    loggingIn,
    () => ({
      connection: (_, { store, ...options }, strategy) => {
        const free = store && { ...store, acquire: async () => ({}) }
        return { fetch: (input, init) => connect(strategy, { ...options, store: free }).fetch(input, init) }
      },
    }),
    [laws.many, laws.shared, laws.abort, laws.kept],
  ),
  broken(
    'renews without the lease of the store',
    loggingIn,
    () => ({ options: ({ store }) => ({ store: store && { ...store, acquire: async () => ({}) } }) }),
    [laws.shared],
  ),
  broken(
    'lets a caller end the renewal of all',
    loggingIn,
    () => {
      const all = new AbortController()
      return {
        options: () => ({ signal: all.signal }),
        connection: (good) => ({
          fetch: (input, init) => {
            init?.signal?.addEventListener('abort', () => all.abort(init.signal?.reason))
            return good.fetch(input, init)
          },
        }),
      }
    },
    [laws.abort],
  ),
  broken(
    'lets a caller wait for the renewal that it has left',
    loggingIn,
    () => ({
      connection: (good) => ({
        fetch: async (input, init) => {
          const response = await good.fetch(input, { ...init, signal: null })
          init?.signal?.throwIfAborted()
          return response
        },
      }),
    }),
    [laws.abort],
  ),
  broken(
    'uses credentials while they are being stored',
    loggingIn,
    () => ({
      options: ({ store, sleep = async () => undefined }) => ({
        store: store && {
          ...store,
          async commit(key, change) {
            const retry = async (left: number): Promise<unknown> =>
              left > 0 && store.commit(key, change).catch(() => sleep(1).then(() => retry(left - 1)))
            void retry(10)
            return true
          },
        },
      }),
    }),
    [laws.stored, laws.kept],
  ),
  broken(
    'forgets credentials that could not be stored',
    loggingIn,
    () => ({
      connection: (_, options, strategy) => {
        let inner = connect(strategy, options)
        return {
          fetch: async (input, init) => {
            try {
              return await inner.fetch(input, init)
            } catch (error) {
              inner = connect(strategy, options)
              throw error
            }
          },
        }
      },
    }),
    [laws.kept],
  ),
  broken(
    'reads a clock that only goes forward',
    loggingIn,
    () => ({
      options: ({ now = () => 0 }) => {
        const start = now()
        return { now: () => start + Math.abs(now() - start) }
      },
    }),
    [laws.clock],
  ),
  broken(
    'sends a body once and then nothing in its place',
    loggingIn,
    () => ({
      options: (options) => {
        const sent = new Set<unknown>()
        return {
          fetch: (input, init) => {
            const again = sent.has(init?.body) && typeof init?.body === 'string'
            sent.add(init?.body)
            return raw(options)(input, again ? { ...init, body: null } : init)
          },
        }
      },
    }),
    [laws.away, laws.bare, laws.again],
  ),
  broken(
    'keeps every stream in memory to send it again',
    loggingIn,
    () => ({
      connection: (good) => ({
        fetch: async (input, init) =>
          init?.body instanceof ReadableStream
            ? good.fetch(input, { ...init, body: await new Response(init.body).text() })
            : good.fetch(input, init),
      }),
    }),
    [laws.stream],
  ),
]
