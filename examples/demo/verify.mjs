// How the demo API judges signatures: written from the specifications, with nothing of Latchkey's in it.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const sha256 = (text) => createHash('sha256').update(text).digest('hex')
const hmacOf = (key, text) => createHmac('sha256', key).update(text)
const same = (a = '', b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
const isNear = (seconds) => Math.abs(Date.now() / 1000 - Number(seconds)) < 60
const isOnce = (seen, nonce) => nonce !== undefined && !seen.has(nonce) && Boolean(seen.add(nonce))
const parsed = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
const quotedOf = (header = '') =>
  Object.fromEntries(Array.from(header.matchAll(/(\w+)="?([^",]*)/g), ([, name, value]) => [name, value]))

/** RFC 3986 section 2.1, as OAuth 1 and AWS want it. */
const encoded = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const sessions = (secrets) => {
  const tokens = new Set()
  return {
    /** What a login is answered with; undefined: the password is wrong. */
    login: (body) => {
      const { user, password } = parsed(body)
      if (user !== secrets.username || password !== secrets.password) return undefined
      const token = randomBytes(12).toString('hex')
      tokens.add(token)
      return { session: { token } }
    },
    tokens,
    accepts: ({ headers }) => tokens.has(/^Token (\w+)$/.exec(headers.authorization ?? '')?.[1]),
  }
}

/** RFC 7519, HS256. */
const jwt =
  (secrets) =>
  ({ headers }) => {
    const [, head, claims, signature] = /^Bearer (\S+)\.(\S+)\.(\S+)$/.exec(headers.authorization ?? '') ?? []
    const [{ alg }, { iss, aud, exp }] = [head, claims].map((part) =>
      parsed(Buffer.from(part ?? '', 'base64url').toString()),
    )
    const isOurs = same(signature, hmacOf(secrets.secret, `${head}.${claims}`).digest('base64url'))
    return (
      isOurs &&
      alg === 'HS256' &&
      iss === secrets.account &&
      aud === 'https://api.example.com' &&
      exp > Date.now() / 1000
    )
  }

/** RFC 7616, SHA-256: each count of a nonce is good once. */
const digest = ({ username, password }) => {
  const nonces = new Map()
  return {
    challenge: () => {
      const nonce = randomBytes(12).toString('hex')
      nonces.set(nonce, 0)
      return `Digest realm="demo", nonce="${nonce}", qop="auth", algorithm=SHA-256`
    },
    accepts: ({ method, target, headers }) => {
      const { nonce, nc, cnonce, uri, response } = quotedOf(headers.authorization)
      if (uri !== target || !(parseInt(nc, 16) > (nonces.get(nonce) ?? Infinity))) return false
      nonces.set(nonce, parseInt(nc, 16))
      const [ha1, ha2] = [sha256(`${username}:demo:${password}`), sha256(`${method}:${uri}`)]
      return same(response, sha256(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`))
    },
  }
}

/** RFC 5849 section 3.4, HMAC-SHA256. */
const oauth1 = (secrets) => {
  const seen = new Set()
  return ({ method, url, headers }) => {
    const { oauth_signature: signature, ...own } = quotedOf(headers.authorization)
    const pairs = [
      ...Object.entries(own).map(([name, value]) => [name, decodeURIComponent(value)]),
      ...url.searchParams,
    ].map((pair) => pair.map(encoded).join('='))
    const base = [method, `${url.origin}${url.pathname}`, pairs.sort().join('&')].map(encoded).join('&')
    const key = [secrets.consumerSecret, secrets.tokenSecret].map(encoded).join('&')
    return (
      same(decodeURIComponent(signature ?? ''), hmacOf(key, base).digest('base64')) &&
      own.oauth_consumer_key === secrets.consumerKey &&
      own.oauth_token === secrets.token &&
      isNear(own.oauth_timestamp) &&
      isOnce(seen, own.oauth_nonce)
    )
  }
}

/** AWS Signature Version 4, in a header. */
const aws =
  (secrets) =>
  ({ method, url, headers, body }) => {
    const [, id, scope, names, signature] =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), ?SignedHeaders=(\S+), ?Signature=(\w+)$/.exec(
        headers.authorization ?? '',
      ) ?? []
    if (id !== secrets.accessKeyId || !/^\d{8}\/eu-west-1\/execute-api\/aws4_request$/.test(scope))
      return false
    if (!['host', 'x-amz-date'].every((name) => names.split(';').includes(name))) return false
    const date = headers['x-amz-date']
    const query = [...url.searchParams].map((pair) => pair.map(encoded).join('=')).sort()
    const signed = names
      .split(';')
      .map((name) => `${name}:${name === 'host' ? url.host : headers[name].trim()}\n`)
    const path = url.pathname.split('/').map(encoded).join('/')
    const request = [method, path, query.join('&'), signed.join(''), names, sha256(body)].join('\n')
    const key = scope
      .split('/')
      .reduce((last, part) => hmacOf(last, part).digest(), `AWS4${secrets.secretAccessKey}`)
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
    return (
      isNear(Date.UTC(y, mo - 1, d, h, mi, s) / 1000) &&
      same(
        signature,
        hmacOf(key, ['AWS4-HMAC-SHA256', date, scope, sha256(request)].join('\n')).digest('hex'),
      )
    )
  }

const hmac =
  (secrets) =>
  ({ method, target, headers, body }) => {
    const { 'x-acme-key': id, 'x-acme-time': time, 'x-acme-signature': signature } = headers
    const expected = hmacOf(secrets.secret, `${time}${method}${target}${body}`).digest('hex')
    return id === secrets.keyId && isNear(time) && same(signature, expected)
  }

/** Whether a request is signed as its branch demands, by branch; and what logging in and challenging need. */
export const verifiers = (secrets) => {
  const [login, challenged] = [sessions(secrets), digest(secrets)]
  return {
    login: login.login,
    tokens: login.tokens,
    challenge: challenged.challenge,
    accepts: {
      session: login.accepts,
      jwt: jwt(secrets),
      digest: challenged.accepts,
      oauth1: oauth1(secrets),
      aws: aws(secrets),
      hmac: hmac(secrets),
      relay: ({ headers }) => headers['x-api-key'] === secrets.relayedKey,
    },
  }
}
