// A demo API on loopback that demands what real APIs demand. Each way of signing in has its own branch:
// `/basic/me` wants a user name and a password, `/header/me` a key in a header, and so on.
import { createServer } from 'node:http'

const account = { id: 'u-1', name: 'Ada Lovelace' }
const items = [{ id: 1, title: 'Analytical engine' }]

const cookieOf = (headers, name) =>
  (headers.cookie ?? '')
    .split('; ')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

const basicOf = (secrets) =>
  `Basic ${Buffer.from(`${secrets.username}:${secrets.password}`).toString('base64')}`

const jsonOf = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a request carries what its branch demands. */
const demands = {
  basic: ({ headers }, secrets) => headers.authorization === basicOf(secrets),
  header: ({ headers }, secrets) => headers['x-api-key'] === secrets.apiKey,
  query: ({ url }, secrets) => url.searchParams.get('api_key') === secrets.apiKey,
  cookie: ({ headers }, secrets) => cookieOf(headers, 'session') === secrets.apiKey,
  form: ({ headers, body }, secrets) =>
    headers['content-type']?.startsWith('application/x-www-form-urlencoded') &&
    new URLSearchParams(body).get('api_key') === secrets.apiKey,
  json: ({ headers, body }, secrets) =>
    headers['content-type']?.startsWith('application/json') && jsonOf(body)?.auth?.key === secrets.apiKey,
  token: ({ headers }, secrets) => headers.authorization === `SSWS ${secrets.token}`,
  three: ({ headers }, secrets) =>
    headers['x-api-key'] === secrets.apiKey ||
    [`Bearer ${secrets.token}`, basicOf(secrets)].includes(headers.authorization),
  both: ({ headers }, secrets) =>
    headers['x-app-key'] === secrets.appKey && headers.authorization === `Bearer ${secrets.token}`,
  custom: ({ headers }, secrets) =>
    headers['x-team'] === secrets.team && headers['x-team-secret'] === secrets.secret,
}

/** Starts the API on a free port; `counts` says how many requests each branch has accepted and refused. */
export const startApi = async (secrets) => {
  const counts = Object.fromEntries(Object.keys(demands).map((name) => [name, { accepted: 0, refused: 0 }]))
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1')
    const [, branch, resource] = url.pathname.split('/')
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const answer = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(`${JSON.stringify(value)}\n`)
    }
    if (!Object.hasOwn(demands, branch)) return answer(404, { error: 'not_found' })
    const body = Buffer.concat(chunks).toString()
    const isAllowed = demands[branch]({ headers: request.headers, url, body }, secrets)
    counts[branch][isAllowed ? 'accepted' : 'refused'] += 1
    if (!isAllowed) return answer(401, { error: 'unauthorized' })
    if (resource === 'me') return answer(200, account)
    if (resource === 'items') return answer(200, items)
    return answer(404, { error: 'not_found' })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    counts,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
