import type { Sent } from '../../../../../tools/network.ts'
import { connected, start, type Given, type World } from './support.ts'

export const url = 'https://api.example/items'
export const graphql = 'https://api.example/graphql'
export const status = 'https://api.example/rate_limit'
export const hour = 3_600_000
export const epoch = (ms: number): number => Math.floor(ms / 1000)

export const rest = {
  name: 'rest',
  remaining_path: ['resources', 'core', 'remaining'],
  reset_path: ['resources', 'core', 'reset'],
  limit_path: ['resources', 'core', 'limit'],
  remaining_header: 'x-remaining',
  reset_header: 'x-reset',
  limit_header: 'x-limit',
  exhaustion_status_codes: [403],
}
export const graph = {
  name: 'graphql',
  remaining_path: ['resources', 'graphql', 'remaining'],
  reset_path: ['resources', 'graphql', 'reset'],
  matchers: [{ type: 'HttpRequestRegexMatcher', method: 'POST', url_path_pattern: '/graphql$' }],
}
export const pool = (more: object = {}): object => ({
  type: 'RateLimitedMultipleTokenAuthenticator',
  tokens: "{{ config['tokens'] }}",
  quota_status_source: { url: status },
  quotas: [rest, graph],
  ...more,
})

/** What is left by token; a token that is not named has 100. */
export type Left = Record<string, number>

export interface Api {
  /** Of REST, at the status endpoint. */
  left: Left
  resetAt: number
  reply: (request: Sent) => Response
}

export function api(
  given: Partial<Api> = {},
  settings: Given['settings'] = { tokens: 'a, b,,c' },
  more: object = {},
): World & Api {
  const state: Api = { left: {}, resetAt: start + hour, reply: () => new Response('ok'), ...given }
  const world = connected(pool(more), {
    settings,
    answer: (request) => {
      if (request.url !== status) return state.reply(request)
      const core = { remaining: state.left[tokenIn(request)] ?? 100, reset: epoch(state.resetAt), limit: 100 }
      return Response.json({ resources: { core, graphql: { remaining: 2, reset: epoch(state.resetAt) } } })
    },
  })
  return Object.assign(state, world)
}
export const tokenIn = ({ headers }: Sent): string =>
  headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
export const used = ({ sent }: World): string =>
  sent
    .filter((each) => each.url !== status)
    .map(tokenIn)
    .join('')
export const asked = ({ sent }: World): string =>
  sent
    .filter((each) => each.url === status)
    .map(tokenIn)
    .join('')
