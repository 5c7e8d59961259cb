import { AuthError } from '@latchkey/core'
import type { CredentialContext, OutgoingRequest } from '@latchkey/core'
import { sameText } from '@latchkey/core/crypto'
import { parseChallenges } from '@latchkey/core/http'
import { allAlgorithms, bestChallenge } from './challenge.ts'
import { textOf, type Login } from './form.ts'
import { answerHeader, responseOf, userHash, type Proof } from './response.ts'
import { keyOf, secretOf, type Session } from './space.ts'

type Inspected = Pick<CredentialContext<Login, unknown>, 'memory' | 'settings'> & {
  readonly request: OutgoingRequest
}

/** What a request says of its own signature. */
export interface Sent {
  readonly realm: string | undefined
  readonly nc: string | undefined
  readonly uri: string
  /** What it was signed with, read back from it. */
  readonly session: Session | undefined
}

/** Undefined where the request has no signature of ours. */
export function signedWith(headers: Headers): Sent | undefined {
  const header = headers.get('authorization')
  const [own] = parseChallenges(header)
  if (own?.scheme !== 'digest') return undefined
  const { realm, nc, uri = '', cnonce = '' } = own.params
  const challenge = bestChallenge(header, { algorithms: allAlgorithms, qop: 'auth' })
  const session = challenge && {
    challenge,
    cnonce,
    firstNonce: challenge.nonce,
    count: parseInt(nc ?? '1', 16),
  }
  return { realm, nc, uri, session }
}

/** RFC 7616 section 3.4: eight hexadecimal digits. */
const countText = (count: number): string => count.toString(16).padStart(8, '0')

/** The header for this request. RFC 7616 section 3.4. */
export async function answer(
  request: OutgoingRequest,
  session: Session,
  user: string,
  password: string,
): Promise<string> {
  const { challenge, cnonce } = session
  const { hash, nonce, qop, userhash, realm, opaque, algorithm, session: isSession } = challenge
  const nc = countText(session.count)
  const uri = request.url.pathname + request.url.search
  const body = qop === 'auth-int' ? await request.bytes() : undefined
  const proof: Proof = { hash, nonce, nc, cnonce, qop, uri, method: request.method, body }
  const response = await responseOf(await secretOf(session, user, password), proof)
  const named = userhash ? await userHash(hash, user, realm) : user
  // Named one by one, because to spread two objects takes longer than all the hashing.
  return answerHeader({
    user: named,
    userhash,
    realm,
    uri,
    algorithm,
    nonce,
    nc,
    cnonce,
    qop,
    session: isSession,
    response,
    opaque,
  })
}

/** @throws {AuthError} response_invalid where the server does not show that it knows the password. RFC 7616 section 3.5. */
export async function prove(
  response: Response,
  rspauth: string | undefined,
  { request, memory, settings }: Inspected,
): Promise<void> {
  // What is in memory knows the key of a `-sess` algorithm also after the nonce has changed.
  const { session: read, uri = '' } = signedWith(request.headers) ?? {}
  const session = read && { ...read, ...keyOf(memory, request.url, read) }
  if (session !== undefined && rspauth !== undefined) {
    const { challenge, cnonce, count } = session
    const secret = await secretOf(session, textOf(settings, 'username'), textOf(settings, 'password'))
    const body =
      challenge.qop === 'auth-int' ? new Uint8Array(await response.clone().arrayBuffer()) : undefined
    const proof: Proof = { ...challenge, nc: countText(count), cnonce, uri, method: '', body }
    if (sameText(await responseOf(secret, proof), rspauth.toLowerCase())) return
  }
  void response.body?.cancel().catch(() => undefined)
  const problem = rspauth === undefined ? 'does not prove' : 'could not prove'
  throw new AuthError(
    'response_invalid',
    `The server ${problem} that it knows the password (Authentication-Info)`,
    {
      scheme: 'digest',
    },
  )
}
