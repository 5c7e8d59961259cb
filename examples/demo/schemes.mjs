// A demo API on loopback for schemes that sign or log in. Latchkey takes it for `https://HOST/PATH`, which is at
// `/HOST/PATH`, so that what is signed is the real address.
import { createServer } from 'node:http'
import { schemeSecrets } from './scheme-cases.mjs'
import { verifiers } from './verify.mjs'

const resources = {
  me: { id: 'u-1', name: 'Ada Lovelace' },
  items: [{ id: 1, title: 'Analytical engine' }],
}

const hosts = {
  'api.example.com': /^\/(session|jwt|digest|oauth1|hmac|relay)\/(\w+)$/,
  'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com': /^\/(prod)\/(\w+)$/,
}

const readAll = async (stream) => {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/**
 * Starts it on a free port. `makeRelay` is that of relay.ts. `counts` says how many requests each branch has accepted
 * and refused, `issued` which tokens and tickets were handed out.
 */
export const startSchemes = async (makeRelay) => {
  const { accepts, login, tokens, challenge } = verifiers(schemeSecrets)
  const counts = Object.fromEntries(Object.keys(accepts).map((name) => [name, { accepted: 0, refused: 0 }]))
  let relay

  const answer = ({ method, target, url, headers, body }) => {
    const [, part, resource] = hosts[url.host]?.exec(url.pathname) ?? []
    const branch = part === 'prod' ? 'aws' : part
    if (branch === undefined) return Response.json({ error: 'not_found' }, { status: 404 })
    if (branch === 'session' && resource === 'login') {
      const session = login(body)
      if (session !== undefined) return Response.json(session)
    } else if (accepts[branch]({ method, target, url, headers, body })) {
      counts[branch].accepted += 1
      return Response.json(resources[resource] ?? {})
    }
    counts[branch].refused += 1
    const head = branch === 'digest' ? { 'www-authenticate': challenge() } : {}
    return Response.json({ error: 'unauthorized' }, { status: 401, headers: head })
  }

  const relayed = async (request) => {
    const response = await relay.handle(request)
    counts.relay.refused += response.status === 401 ? 1 : 0
    return response
  }

  const server = createServer(async (request, response) => {
    const { method, headers } = request
    const [, host, target] = /^\/([^/]+)(\/.*)$/.exec(request.url) ?? []
    const body = await readAll(request)
    const url = new URL(`https://${host}${target}`)
    const result =
      host === 'relay.example.com'
        ? await relayed(new Request(url, { method, headers, body: body.length > 0 ? body : null }))
        : answer({ method, target, url, headers, body: body.toString() })
    const head = new Headers(result.headers)
    head.delete('content-length')
    response.writeHead(result.status, Object.fromEntries(head))
    response.end(`${await result.text()}\n`)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  const send = (address, init) => fetch(`${url}/${String(address).replace('https://', '')}`, init)
  relay = await makeRelay(schemeSecrets.relayKey, { apiKey: schemeSecrets.relayedKey }, send)
  return {
    url,
    counts,
    ticket: relay.ticket,
    issued: () => [relay.ticket, ...tokens],
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
