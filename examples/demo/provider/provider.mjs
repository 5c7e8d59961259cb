// A server on loopback that plays every provider of the examples: `https://HOST/PATH` is at `/HOST/PATH`.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { consentPage, html, json, read, redirect } from './http.mjs'
import { createLedger } from './ledger.mjs'
import { providers } from './providers.mjs'

const token = () => randomBytes(12).toString('base64url')

/** RFC 8252 section 7.3: registered is the loopback address, at any port. */
const isRegistered = (uri) => URL.canParse(uri ?? '') && /^http:\/\/127\.0\.0\.1:\d+\//.test(uri)

/** The page of consent, or why there is none; nobody is sent to an address that is not registered. */
const authorize = ({ provider, ledger, client, tickets }, { query }) => {
  const { client_id, redirect_uri, response_type, state, code_challenge: challenge } = query
  const problem =
    (client_id !== client.id && 'unknown client') ||
    (!isRegistered(redirect_uri) && 'the redirect URI is not registered') ||
    (response_type !== 'code' && 'response_type must be code') ||
    ((state ?? '').length < 8 && 'there is no state') ||
    (provider.pkce !== false && query.code_challenge_method !== 'S256' && 'the challenge must be S256') ||
    (provider.pkce === false && challenge !== undefined && 'a challenge belongs to another flow')
  if (problem) return html(`<!doctype html><title>Refused</title><p>${problem}</p>`, 400)
  const ticket = token()
  const consent = { client: client_id, redirectUri: redirect_uri, challenge, scope: query.scope }
  tickets.set(ticket, { ledger, consent, state })
  return consentPage({ name: provider.name, scope: query.scope, ticket })
}

/** Sends the browser back with a code, or with an error. */
const decide = (tickets, { query }) => {
  const asked = tickets.get(query.ticket)
  if (asked === undefined) return html('<!doctype html><title>Gone</title><p>No such ticket.</p>', 400)
  tickets.delete(query.ticket)
  const to = new URL(asked.consent.redirectUri)
  if (query.answer === 'allow') to.searchParams.set('code', asked.ledger.code(asked.consent))
  else to.searchParams.set('error', 'access_denied')
  to.searchParams.set('state', asked.state)
  return redirect(to.href)
}

/** The page at which the code of a device is entered. RFC 8628 section 3.3. */
const enterCode = (devices, { query }) => {
  const device = [...devices.values()].find(({ user_code }) => user_code === query.user_code)
  if (device === undefined) return html('<!doctype html><title>Enter the code</title><p>Which code?</p>')
  device.answer = query.answer
  return html('<!doctype html><title>Thanks</title><p>You may close this window.</p>')
}

/**
 * Starts it. `client` is registered with each provider. The service account has a key of its own each time.
 * `interval` is how many seconds a device waits between questions.
 */
export const startProvider = async ({ client, interval = 1 }) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const serviceAccount = { email: 'robot@demo.iam.gserviceaccount.com', publicKey }
  const tickets = new Map()
  const devices = new Map()
  const newDevice = (all, scope) => {
    const device = {
      device_code: `device-${token()}`,
      user_code: `WDJB-${token().slice(0, 4).toUpperCase()}`,
    }
    all.set(device.device_code, { ...device, scope, interval })
    return { ...device, verification_uri: 'https://github.com/login/device', expires_in: 900, interval }
  }
  const ledgers = Object.fromEntries(Object.keys(providers).map((name) => [name, createLedger()]))
  const routes = new Map(
    Object.entries(providers).flatMap(([name, provider]) => {
      const context = { provider, ledger: ledgers[name], client, tickets, devices, newDevice, serviceAccount }
      const own = { ...provider.routes, ...(provider.authorize && { [provider.authorize]: authorize }) }
      return Object.entries(own).map(([route, handle]) => [route, (request) => handle(context, request)])
    }),
  )
  routes.set('GET -/decide', (request) => decide(tickets, request))
  routes.set('GET github.com/login/device', (request) => enterCode(devices, request))
  const server = createServer(async (incoming, response) => {
    const request = await read(incoming)
    const handle = routes.get(`${request.method} ${request.host}${request.path}`)
    const { status, type, body, location } = handle?.(request) ?? json({ error: 'not_found' }, 404)
    response.writeHead(status, {
      ...(type && { 'content-type': type }),
      ...(location && { location }),
      'cache-control': 'no-store',
    })
    response.end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    ledgers,
    /** The JSON file of the service account. */
    keyFile: JSON.stringify({
      type: 'service_account',
      client_email: serviceAccount.email,
      private_key_id: 'k-1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    }),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}
