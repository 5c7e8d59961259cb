import { connect, type Connection } from '@latchkey/core'
import { fromSegment, type SegmentOptions } from '@latchkey/format-segment'
import { network, type Sent } from '../../../../tools/network.ts'

export const api = 'https://api.example.com'

type Functions = Readonly<Record<string, unknown>>

export const field = (more: object = {}): object => ({
  label: 'Label',
  description: 'What it is.',
  type: 'string',
  ...more,
})

/** A definition with a key in a header, and what is said otherwise. */
export const destination = (more: Functions = {}, authentication: Functions = {}): object => ({
  name: 'Acme (Actions)',
  slug: 'actions-acme',
  authentication: {
    scheme: 'custom',
    fields: { apiKey: field({ type: 'password', required: true }) },
    ...authentication,
  },
  extendRequest: ({ settings }: { settings: { apiKey: string } }) => ({
    headers: { 'X-Key': settings.apiKey },
  }),
  ...more,
})

/** An OAuth definition: a bearer token, and a refresh at `/token`. */
export const withTokens = (authentication: Functions = {}, more: Functions = {}): object => ({
  name: 'Acme',
  authentication: {
    scheme: 'oauth2',
    fields: {},
    refreshAccessToken: async (
      request: (url: string, options: object) => Promise<{ data: Record<string, string> }>,
      { auth }: { auth: Record<string, string> },
    ) => {
      const { data } = await request(`${api}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: auth['refreshToken']!,
          client_id: auth['clientId']!,
          client_secret: auth['clientSecret']!,
        }),
      })
      return { accessToken: data['access_token'] }
    },
    ...authentication,
  },
  extendRequest: ({ auth }: { auth: { accessToken: string } }) => ({
    headers: { authorization: `Bearer ${auth.accessToken}`, 'x-version': '7' },
  }),
  ...more,
})

export const client = { 'oauth.clientId': 'c-1', 'oauth.clientSecret': 'c4n4ry-client-secret' }
export const tokens = { accessToken: 'c4n4ry-access-1', refreshToken: 'c4n4ry-refresh-1' }

/** A connection to a definition, over a network in memory. */
export function open(
  definition: object,
  {
    settings = { apiKey: 'c4n4ry-key' },
    credentials,
    answer,
    ...options
  }: SegmentOptions & {
    settings?: Readonly<Record<string, unknown>>
    credentials?: object
    answer?: (request: Sent, count: number) => Response
  } = {},
): { connection: Connection; sent: readonly Sent[] } {
  const { connector } = fromSegment(definition, { origins: [api], ...options })
  const { fetch, sent } = network(answer)
  const connection = connect(connector, { settings, fetch, ...(credentials && { credentials }) })
  return { connection: connection, sent }
}

/** What a promise rejects with. */
export async function rejection(run: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await run
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('It did not reject.')
}

/** What a function throws. */
export function thrown(run: () => unknown): Error & Record<string, unknown> {
  try {
    run()
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('It did not throw.')
}
