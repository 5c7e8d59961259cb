import type { AuthStrategy, OutgoingRequest, Verdict } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { extend, headerValue, parseChallenges, peekBody, redact } from '@latchkey/core/http'
import type { ClientConfig } from '../client/config.ts'
import { answerOf, judge, type Judgement } from '../client/judge.ts'
import { clientFor } from './client.ts'
import { valuesOf } from './credentials.ts'
import {
  run,
  methodOf,
  variablesOf,
  type Inspected,
  type Own,
  type Later,
  type Plan,
  type Way,
} from './plan.ts'
import { testOf } from './test.ts'
import { toolsOf } from './tools.ts'

/** What a definition says in public, and the secrets that it was given in code. */
export interface Shown extends Pick<
  AuthStrategy,
  'title' | 'description' | 'helpUrl' | 'baseUrl' | 'origins' | 'fields'
> {
  readonly hidden: readonly string[]
}

/** One way of signing in as a strategy: what `makeApiClient` says goes on each request, then what its type adds. */
export function strategyOf(plan: Plan, way: Way, shown: Shown): AuthStrategy {
  const { hidden, ...about } = shown
  const { acquire, refresh, authorize, sign } = way
  const test = testOf(plan) ?? way.test
  const disconnect = methodOf(plan, 'disconnect')
  /** The client that a request was signed with, so that its response is judged by the same. */
  const clients = new WeakMap<OutgoingRequest, ClientConfig>()
  const bearer = plan.definition.type === 'oauth2' && methodOf(plan, 'makeApiClient') === undefined

  const inspect = (response: Response, c: Inspected): Later<Verdict> =>
    chain(clients.get(c.request) ?? clientFor(plan, c.settings, c.credentials), (client) =>
      chain(judged(plan, client, response, c), (judgement) => verdictOf(judgement, response, way, c)),
    )

  const strategy: Own = {
    ...about,
    scheme: plan.scheme,
    apply(request, c) {
      return chain(clientFor(plan, c.settings, c.credentials), (client) => {
        clients.set(request, client)
        return chain(extend(request, client.extension, c.settings), () => {
          if (bearer) setBearer(request, c.credentials)
          return sign?.(request, c)
        })
      })
    },
    inspect,
    ...(acquire && { acquire }),
    ...(refresh && { refresh }),
    ...(authorize && { authorize }),
    ...(test && { test }),
    ...(disconnect && {
      async revoke(c) {
        await run(disconnect, variablesOf(plan, c.settings, c.credentials), toolsOf(plan, c, sign))
      },
    }),
    redact(text, c) {
      const clean = redact(text, hidden)
      return way.redact?.(clean, c) ?? clean
    },
  }
  return strategy
}

/** RFC 6750 section 2.1, where a definition leaves out `makeApiClient`. */
function setBearer({ headers }: OutgoingRequest, credentials: unknown): void {
  const { access_token: token } = valuesOf(credentials)
  headers.set(
    'authorization',
    `Bearer ${headerValue(typeof token === 'string' ? token : '', 'access_token')}`,
  )
}

/** What the response means to the definition; undefined where it has no word on responses. */
function judged(
  plan: Plan,
  client: ClientConfig,
  response: Response,
  c: Inspected,
): Later<Judgement | undefined> {
  if (client.responseHandlers.length === 0 && client.onError === undefined) return undefined
  const at = methodOf(plan, 'makeApiClient')?.at ?? plan.definition.at
  return chain(peekBody(response), (data) =>
    judge(client, answerOf(response, data), variablesOf(plan, c.settings, c.credentials), at),
  )
}

function verdictOf(
  judgement: Judgement | undefined,
  response: Response,
  way: Way,
  c: Inspected,
): Later<Verdict> {
  if (judgement?.ruled !== true) {
    return chain(way.inspect?.(response, c), (verdict) => verdict ?? byDefault(response, way, c))
  }
  if (judgement.kind === 'success') return undefined
  if (judgement.key === 'connection_is_defunct') return 'reconnect'
  if (judgement.key !== 'access_token_expired') return undefined
  return way.canRenew(c.credentials) ? 'renew' : 'reconnect'
}

/** RFC 6750 section 3.1: 401 says that the token has ended; where nothing can renew it, it is dead only if that is said. */
function byDefault(response: Response, way: Way, c: Inspected): Verdict {
  if (response.status !== 401) return undefined
  if (way.canRenew(c.credentials)) return 'renew'
  const challenges = parseChallenges(response.headers.get('www-authenticate'))
  return way.authorize && challenges.some(({ params }) => params['error'] === 'invalid_token')
    ? 'reconnect'
    : undefined
}
