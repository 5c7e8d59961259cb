import { expect, test } from '@jest/globals'
import { apiKey } from '@latchkey/api-key'
import { testStrategy, type SeenRequest } from '@latchkey/testing'

const settings = { apiKey: 'api-key-canary-1' }
const runner = { test, expect }

/** Each place, and how an API reads it. */
const places = {
  header: [
    apiKey({ in: 'header', name: 'x-api-key' }),
    ({ headers }: SeenRequest) => headers.get('x-api-key'),
  ],
  query: [
    apiKey({ in: 'query', name: 'api_key' }),
    ({ url }: SeenRequest) => url.searchParams.getAll('api_key').join(),
  ],
  cookie: [apiKey({ in: 'cookie', name: 'sid' }), readCookie],
  'JSON body': [apiKey({ in: 'json', name: ['auth', 'key'] }), readJson],
  'form body': [apiKey({ in: 'form', name: 'api_key' }), readForm],
} as const

for (const [name, [auth, read]] of Object.entries(places)) {
  testStrategy(
    auth,
    {
      name,
      settings,
      accepts: async (request, side) => (await read(request)) === side.settings.apiKey,
      invalid: [{ settings: {}, field: 'apiKey' }],
    },
    runner,
  )
}

const two = apiKey({
  placements: [
    { in: 'header', name: 'authorization', prefix: 'Token ', field: 'id' },
    { in: 'query', name: 'secret', field: 'secret' },
    { in: 'header', name: 'x-secret', field: 'secret' },
  ],
  fields: { id: { label: 'Key id' }, secret: { label: 'Secret' } },
})

testStrategy(
  two,
  {
    name: 'two keys in three places',
    settings: { id: 'key-id-canary-1', secret: 'secret-canary-2' },
    accepts: ({ headers, url }, { settings: { id, secret } }) =>
      headers.get('authorization') === `Token ${id}` &&
      headers.get('x-secret') === secret &&
      url.searchParams.get('secret') === secret,
  },
  runner,
)

function readCookie({ headers }: SeenRequest): string | undefined {
  return /(?:^|; )sid=([^;]*)/.exec(headers.get('cookie') ?? '')?.[1]
}

function readJson({ text }: SeenRequest): unknown {
  try {
    return (JSON.parse(text) as { auth?: { key?: unknown } }).auth?.key
  } catch {
    return undefined
  }
}

async function readForm({ headers, body }: SeenRequest): Promise<unknown> {
  const form = await new Response(body, { headers: { 'content-type': headers.get('content-type') ?? '' } })
    .formData()
    .catch(() => undefined)
  return form?.getAll('api_key').map(String).join()
}
