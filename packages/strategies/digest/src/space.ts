import { chain } from '@latchkey/core/crypto'
import { canBeQuoted, pathsOf, type Challenge } from './challenge.ts'
import { secretHash, sessionHash } from './response.ts'

/** A nonce in use. Kept in memory, and changed there. */
export interface Session {
  readonly challenge: Challenge
  /** The same for as long as the challenge holds: `-sess` needs that, and the count makes each request another. */
  readonly cnonce: string
  /** The nonce of the challenge, from which `-sess` makes its key; `challenge.nonce` may be a later one. */
  readonly firstNonce: string
  /** How many requests have used the nonce. */
  count: number
  secret?: { readonly user: string; readonly password: string; readonly hash: string | Promise<string> }
}

/** What the server asks for below some paths. */
interface Space {
  readonly realm: string
  readonly paths: readonly string[]
  /** Nonces that no request has used: each that was challenged at the same time uses its own, as one-time nonces need. */
  fresh: Session[]
  current: Session
}

type Memory = Map<string, unknown>

/** A server that names a new realm each time fills no memory. */
const keptSpaces = 16

const spacesOf = (memory: Memory, { origin }: URL): readonly Space[] =>
  (memory.get(`digest ${origin}`) as readonly Space[] | undefined) ?? []

const keep = (memory: Memory, { origin }: URL, spaces: readonly Space[]): void =>
  void memory.set(`digest ${origin}`, spaces)

const samePaths = (one: readonly string[], other: readonly string[]): boolean =>
  one.join(' ') === other.join(' ')

/** The space with the longest path that the URL lies below. RFC 7616 section 3.3. */
function spaceFor(memory: Memory, url: URL): Space | undefined {
  const depth = ({ paths }: Space): number =>
    Math.max(...paths.map((path) => (url.pathname.startsWith(path) ? path.length : -1)))
  return spacesOf(memory, url)
    .filter((space) => depth(space) >= 0)
    .sort((one, other) => depth(other) - depth(one))[0]
}

/** The session to sign with, counted; undefined where nothing is known of the place. */
export function takeSession(memory: Memory, url: URL): Session | undefined {
  const space = spaceFor(memory, url)
  if (space === undefined) return undefined
  space.current = space.fresh.pop() ?? space.current
  space.current.count += 1
  return space.current
}

/** A challenge has come: the next request there answers it. */
export function learn(memory: Memory, url: URL, challenge: Challenge, cnonce: string): void {
  const spaces = spacesOf(memory, url)
  const paths = pathsOf(challenge.domain, url)
  const session: Session = { challenge, cnonce, firstNonce: challenge.nonce, count: 0 }
  const known = spaces.find((space) => space.realm === challenge.realm && samePaths(space.paths, paths))
  if (known !== undefined) {
    known.fresh.push(session)
    return
  }
  const space: Space = { realm: challenge.realm, paths, fresh: [session], current: session }
  const others = spaces.filter((other) => !samePaths(other.paths, paths)).slice(0, keptSpaces - 1)
  keep(memory, url, [space, ...others])
}

/** The server names the nonce for the next request. RFC 7616 section 3.5: the key of a `-sess` algorithm stays. */
export function advance(memory: Memory, url: URL, nonce: string): void {
  const space = spaceFor(memory, url)
  if (space === undefined || space.current.challenge.nonce === nonce || !canBeQuoted(nonce)) return
  space.fresh = [{ ...space.current, challenge: { ...space.current.challenge, nonce }, count: 0 }]
}

/** A first answer was refused: the next request starts from the beginning. */
export function forget(memory: Memory, url: URL, realm: string): void {
  keep(
    memory,
    url,
    spacesOf(memory, url).filter((space) => space.realm !== realm),
  )
}

/** The nonce from which the key of a `-sess` algorithm was made, where a session with that cnonce is still known. */
export function keyOf(
  memory: Memory,
  url: URL,
  { cnonce }: Session,
): Pick<Session, 'firstNonce'> | undefined {
  const space = spaceFor(memory, url)
  const session = space && [space.current, ...space.fresh].find((one) => one.cnonce === cnonce)
  return session && { firstNonce: session.firstNonce }
}

/** What stands for the password in this session; worked out once. */
export function secretOf(session: Session, user: string, password: string): string | Promise<string> {
  const known = session.secret
  if (known?.user === user && known.password === password) return known.hash
  const { challenge, cnonce, firstNonce } = session
  const plain = secretHash(challenge.hash, user, challenge.realm, password)
  const hash = challenge.session
    ? chain(plain, (secret) => sessionHash(challenge.hash, secret, firstNonce, cnonce))
    : plain
  session.secret = { user, password, hash }
  return hash
}
