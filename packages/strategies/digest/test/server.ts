import { createHash } from 'node:crypto'

const names: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
}

const hashed = (algorithm: string, ...parts: readonly (string | Uint8Array)[]): string =>
  parts
    .reduce(
      (hash, part) => hash.update(part),
      createHash(names[algorithm.toUpperCase().replace('-SESS', '')]!),
    )
    .digest('hex')

/** A user as the server knows it. */
export interface User {
  readonly username: string
  readonly password: string
}

/** A request as the server sees it. */
export interface Seen {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array
}

/** The parameters of our header, by a parser that knows nothing of ours. */
export function paramsIn(headers: Headers): Readonly<Record<string, string>> {
  const header = headers.get('authorization') ?? ''
  if (!header.startsWith('Digest ')) return {}
  return Object.fromEntries(
    Array.from(
      header.slice(7).matchAll(/([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))(?:, |$)/g),
      ([, name = '', text, token]) => [name, token ?? text?.replace(/\\(.)/g, '$1') ?? ''],
    ),
  )
}

/** Whether the request is signed as RFC 7616 wants it; written from the text of the RFC, with Node's own hashes. */
export function verifies(
  { method, url, headers, body }: Seen,
  { username, password }: User,
  realm: string,
): boolean {
  const sent = paramsIn(headers)
  const { algorithm = 'MD5', nonce, nc, cnonce, qop, uri, response } = sent
  if (uri !== url.pathname + url.search || sent['realm'] !== realm || response === undefined) return false
  const extended = sent['username*']
  const named =
    extended === undefined ? sent['username'] : decodeURIComponent(extended.replace(/^UTF-8''/, ''))
  const expectedName = sent['userhash'] === 'true' ? hashed(algorithm, `${username}:${realm}`) : username
  if (named !== expectedName) return false
  const plain = hashed(algorithm, `${username}:${realm}:${password}`)
  const a1 = algorithm.endsWith('-sess') ? hashed(algorithm, `${plain}:${nonce}:${cnonce}`) : plain
  const entity = qop === 'auth-int' ? `:${hashed(algorithm, body)}` : ''
  const a2 = hashed(algorithm, `${method}:${uri}${entity}`)
  const middle = qop === undefined ? '' : `${nc}:${cnonce}:${qop}:`
  return response === hashed(algorithm, `${a1}:${nonce}:${middle}${a2}`)
}

/** The server's own proof. RFC 7616 section 3.5. */
export function proofOf(headers: Headers, { username, password }: User, answer = ''): string {
  const { algorithm = 'MD5', realm, nonce, nc, cnonce, qop, uri } = paramsIn(headers)
  const plain = hashed(algorithm, `${username}:${realm}:${password}`)
  const a1 = algorithm.endsWith('-sess') ? hashed(algorithm, `${plain}:${nonce}:${cnonce}`) : plain
  const a2 = hashed(algorithm, `:${uri}${qop === 'auth-int' ? `:${hashed(algorithm, answer)}` : ''}`)
  return hashed(algorithm, `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}`)
}
