import { connect, memoryStore } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'
import { allowInsecureRequests, Configuration, customFetch, refreshTokenGrant } from 'openid-client'

const settings = { clientId: 'bench', clientSecret: 'c1b2a3d4e5f60718' }
const hour = 3_600_000

const tokenAt = (origin) => `${origin}/token`

/** A connection whose access token lives for `lifeMs` more. */
const connection = (fetch, origin, { accessToken, lifeMs, store }) =>
  connect(oauth2({ tokenUrl: tokenAt(origin) }), {
    settings,
    credentials: { accessToken, refreshToken: 'r-0', expiresAt: Date.now() + lifeMs },
    origins: [origin],
    key: 'bench',
    fetch,
    ...(store && { store }),
  })

/** One with a live token: what each request costs then. */
export const live = (fetch, origin, accessToken) => connection(fetch, origin, { accessToken, lifeMs: hour })

/** A provider with its API; counts what it is asked. */
const provider = () => {
  const counts = { token: 0, api: 0, refused: 0 }
  const fetch = async (input, init) => {
    const request = new Request(input, init)
    if (request.url.endsWith('/token')) {
      counts.token += 1
      const number = counts.token
      const tokens = {
        access_token: `a-${number}`,
        refresh_token: `r-${number}`,
        token_type: 'bearer',
        expires_in: 3600,
      }
      // As long as a fast provider takes.
      await new Promise((resolve) => setTimeout(resolve, 20))
      return Response.json(tokens)
    }
    const isSigned = /^Bearer a-\d+$/.test(request.headers.get('authorization') ?? '')
    counts[isSigned ? 'api' : 'refused'] += 1
    return Response.json({}, { status: isSigned ? 200 : 401 })
  }
  return { fetch, counts }
}

const origin = 'https://api.example.com'

const counted = async (make, callers) => {
  const { fetch, counts } = provider()
  const call = make(fetch)
  const started = performance.now()
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  const ms = performance.now() - started
  if (counts.api !== callers || counts.refused > 0) throw new Error('a request was refused')
  return { tokenRequests: counts.token, ms }
}

const ended = { accessToken: 'ended', lifeMs: -1 }

const alone = (fetch) => {
  const { fetch: signed } = connection(fetch, origin, ended)
  return () => signed(`${origin}/things`)
}

const shared = (fetch) => {
  const store = memoryStore()
  const two = [0, 1].map(() => connection(fetch, origin, { ...ended, store }))
  return (caller) => two[caller % 2].fetch(`${origin}/things`)
}

/** What is usual without a library that coordinates: whoever sees that the token has ended refreshes it. */
const uncoordinated = (fetch) => {
  const config = new Configuration(
    { issuer: origin, token_endpoint: tokenAt(origin) },
    'bench',
    settings.clientSecret,
  )
  allowInsecureRequests(config)
  config[customFetch] = fetch
  let held = { access_token: 'ended', refresh_token: 'r-0', ends: 0 }
  return async () => {
    if (held.ends <= Date.now())
      held = { ...(await refreshTokenGrant(config, held.refresh_token)), ends: Date.now() + hour }
    return fetch(`${origin}/things`, { headers: { authorization: `Bearer ${held.access_token}` } })
  }
}

/** Callers that all come when the token has just ended: how often the token endpoint is asked. */
export const stampede = async (callers) => ({
  callers,
  rows: {
    'latchkey, one connection': await counted(alone, callers),
    'latchkey, two connections on one store': await counted(shared, callers),
    'openid-client, each caller for itself': await counted(uncoordinated, callers),
  },
})
