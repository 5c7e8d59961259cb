import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { connect } from '@latchkey/core'
import { Octokit } from '@octokit/core'
import { allowInsecureRequests, Configuration, customFetch, fetchProtectedResource } from 'openid-client'
import { thing } from './api.mjs'
import { live } from './oauth.mjs'

const json = { 'content-type': 'application/json' }
const secret = '5f4dcc3b5aa765d61d8327deb882cf99'

const read = async (response) => {
  if (response.status !== 200) throw new Error(`answered ${response.status}: the request was not signed`)
  return response.json()
}

/** Requests with whatever fetch it is given: a GET, and a POST with a JSON text. */
const over = (fetch, url, headers) => ({
  GET: async () => read(await fetch(url, { headers })),
  POST: async () => read(await fetch(url, { method: 'POST', headers: { ...headers, ...json }, body: thing })),
})

/**
 * All who compete, over one fetch: each signs a request, sends it, and reads the answer as JSON. The first is what
 * the others are measured against; the second is the same again, so that its ratio shows the noise.
 */
export const clientsOver = (fetch, origin) => {
  const url = `${origin}/things/4711`
  const headers = { authorization: `Bearer ${secret}` }
  const key = connect(apiKey({ in: 'header', name: 'x-api-key' }), {
    settings: { apiKey: secret },
    origins: [origin],
    fetch,
  })
  const user = connect(basic(), { settings: { username: 'ada', password: secret }, origins: [origin], fetch })
  return {
    'bare fetch': over(fetch, url, headers),
    'bare fetch, again': over(fetch, url, headers),
    'latchkey api-key': over(key.fetch, url, {}),
    'latchkey basic': over(user.fetch, url, {}),
    'latchkey oauth2': over(live(fetch, origin, secret).fetch, url, {}),
    '@octokit/core': octokit(fetch, url),
    'openid-client': openid(fetch, url),
  }
}

const octokit = (fetch, url) => {
  const client = new Octokit({ auth: secret, request: { fetch } })
  return {
    GET: async () => (await client.request({ method: 'GET', url })).data,
    POST: async () => (await client.request({ method: 'POST', url, headers: json, data: thing })).data,
  }
}

const openid = (fetch, url) => {
  const config = new Configuration({ issuer: new URL(url).origin }, 'bench')
  allowInsecureRequests(config)
  config[customFetch] = fetch
  const address = new URL(url)
  return {
    GET: async () => read(await fetchProtectedResource(config, secret, address, 'GET')),
    POST: async () =>
      read(await fetchProtectedResource(config, secret, address, 'POST', thing, new Headers(json))),
  }
}
