import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

/** How long the provider takes, in milliseconds: mostly little, sometimes more, seldom much. */
const latency = (slow) => {
  const draw = Math.random()
  if (slow && draw < 0.01) return 1500 + Math.random() * 1500
  if (slow && draw < 0.06) return 200 + Math.random() * 600
  return 5 + Math.random() * 25
}

/**
 * An authorization server and an API whose refresh tokens may be used once. A used token ends its family, or gives its
 * child again for `graceMs`. Keeps a log of every token request: by whom, when it came, when the provider acted, when
 * and whether it was answered.
 */
export const startProvider = async ({ graceMs, lifeMs = 6000, faults = {}, slow = true, port = 0 } = {}) => {
  const families = new Map()
  const log = []
  const open = new Map()
  const counts = { requests: 0, rotations: 0, concurrent: 0, api: 0, expired: 0, refused: 0 }
  const access = new Map()
  const rules = { ...faults }

  const grant = (family) => {
    const token = randomUUID()
    access.set(token, { family, expiresAt: Date.now() + lifeMs })
    return { access_token: token, token_type: 'Bearer', expires_in: lifeMs / 1000 }
  }
  const refreshToken = (family, n) => `${family}.${n}`

  /** A new family: what a person's consent gives. */
  const begin = (family) => {
    const name = `${family}~${randomUUID().slice(0, 8)}`
    families.set(name, { live: 0, used: new Map(), revoked: false })
    return { ...grant(name), refresh_token: refreshToken(name, 0) }
  }

  const trade = (token) => {
    const dot = token.lastIndexOf('.')
    const [name, n] = [token.slice(0, dot), Number(token.slice(dot + 1))]
    const family = families.get(name)
    if (family === undefined || family.revoked) return { status: 400, body: { error: 'invalid_grant' } }
    if (n !== family.live) {
      const used = family.used.get(n)
      if (graceMs !== undefined && used !== undefined && Date.now() - used < graceMs && n === family.live - 1)
        return { status: 200, body: { ...grant(name), refresh_token: refreshToken(name, family.live) } }
      family.revoked = true
      return { status: 400, body: { error: 'invalid_grant' } }
    }
    family.used.set(n, Date.now())
    family.live++
    counts.rotations++
    return { status: 200, body: { ...grant(name), refresh_token: refreshToken(name, family.live) } }
  }

  const token = async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    const form = new URLSearchParams(text)
    const presented = form.get('refresh_token') ?? ''
    const entry = { token: presented, client: form.get('client_id'), arrivedAt: Date.now() }
    log.push(entry)
    counts.requests++
    const others = open.get(presented) ?? 0
    if (others > 0) counts.concurrent++
    open.set(presented, others + 1)
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const whole = latency(slow)
    await wait(whole / 2)
    const unavailable = Math.random() < (rules.unavailable ?? 0)
    const { status, body } = unavailable ? { status: 503, body: {} } : trade(presented)
    entry.actedAt = Date.now()
    entry.status = status
    open.set(presented, open.get(presented) - 1)
    if (status === 400) counts.refused++
    await wait(whole / 2)
    entry.answeredAt = Date.now()
    if (Math.random() < (rules.dropped ?? 0)) {
      entry.dropped = true
      request.socket.destroy()
      return
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  const server = createServer((request, response) => {
    if (request.url === '/token') {
      token(request, response).catch(() => request.socket.destroy())
      return
    }
    counts.api++
    const held = access.get(request.headers.authorization?.slice('Bearer '.length))
    const good = held !== undefined && !families.get(held.family)?.revoked
    if (good && held.expiresAt < Date.now()) counts.expired++
    response.writeHead(good && held.expiresAt >= Date.now() ? 200 : 401).end()
  })
  server.keepAliveTimeout = 60_000
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    begin,
    families,
    log,
    counts,
    /** Ends what would go wrong by itself from here on. */
    calm: () => Object.keys(rules).forEach((name) => delete rules[name]),
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
