import { AuthError } from '@latchkey/core'
import { refreshing, session } from '../good-strategies.ts'
import { laws } from './laws.ts'
import { broken, loggingIn, renewing, type BrokenStrategy } from './strategy.ts'

/** What goes wrong with credentials that are earned. */
export const brokenEarners: readonly BrokenStrategy[] = [
  broken(
    'shares one token among all connections',
    loggingIn,
    () => {
      let token: ReturnType<NonNullable<typeof session.acquire>> | undefined
      return { acquire: (c) => (token ??= session.acquire?.(c)) as NonNullable<typeof token> }
    },
    [laws.apart, laws.again, laws.next],
    {},
    true,
  ),
  broken(
    'keeps one token and gives each connection that one',
    loggingIn,
    () => {
      let first: string | undefined
      return {
        apply({ headers }, { credentials }) {
          headers.set('x-session', (first ??= credentials.token))
        },
      }
    },
    [laws.apart, laws.again],
    { accepts: () => true },
  ),
  broken(
    'counts its requests in the credentials',
    loggingIn,
    () => ({
      apply(request, c) {
        Object.assign(c.credentials, { count: 1 })
        return session.apply(request, c)
      },
    }),
    [laws.pure],
    {},
    true,
  ),
  broken(
    'repeats the answer of the provider in its error',
    loggingIn,
    () => ({
      async acquire(c) {
        const response = await c.fetch('https://auth.latchkey.test/login', {
          method: 'POST',
          body: JSON.stringify(c.settings),
        })
        const text = await response.text()
        if (!response.ok) throw new AuthError('credentials_rejected', `The provider says: ${text}`)
        try {
          const { token } = JSON.parse(text) as { token: string }
          if (typeof token === 'string') return { token, expiresAt: c.now() + 600_000 }
        } catch {
          throw new AuthError('response_invalid', 'The answer is no JSON')
        }
        throw new AuthError('response_invalid', 'The answer has no token')
      },
    }),
    [laws.echo],
  ),
  broken(
    'drops the refresh token where the provider sends no new one',
    renewing,
    () => ({
      async refresh(c) {
        if (c.credentials.refresh_token === '') return undefined
        const next = await refreshing.refresh?.(c)
        return (
          next && {
            ...next,
            refresh_token: next.refresh_token === c.credentials.refresh_token ? '' : next.refresh_token,
          }
        )
      },
    }),
    [laws.next],
  ),
  broken('revokes nothing', loggingIn, () => ({ revoke: async () => undefined }), [laws.revoke]),
  broken(
    'gives the old token again',
    loggingIn,
    () => ({
      async acquire(c) {
        const old = c.memory.get('token') as { token: string; expiresAt: number } | undefined
        const next = old ? { ...old, expiresAt: c.now() + 600_000 } : await session.acquire?.(c)
        c.memory.set('token', next)
        return next
      },
    }),
    [laws.again],
    {},
    true,
  ),
  broken(
    'renews after every answer',
    loggingIn,
    () => ({ inspect: () => 'renew' as const }),
    [laws.again, laws.many, laws.shared, laws.clock, laws.next],
    {},
    true,
  ),
]
