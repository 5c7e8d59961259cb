import { connect } from '@latchkey/core'
import { digest, type DigestFields, type DigestOptions } from '@latchkey/digest'
import { paramsIn, verifies, type Seen } from './server.ts'

export const origin = 'https://api.example.com'
export const user = { username: 'ada', password: 'correct horse' }

/** What the tests vary. */
export type Options = Pick<DigestOptions<DigestFields>, 'algorithms' | 'qop' | 'verify'>

/** What a test server says to a request, by whether it is signed right. */
export type Reply = (seen: Seen, right: boolean, count: number) => Response

export const refusal = (...challenges: readonly string[]): Response =>
  new Response('refused', {
    status: 401,
    headers: challenges.map((challenge): [string, string] => ['www-authenticate', challenge]),
  })

export const challenge = (nonce: string, more = 'qop="auth", algorithm=SHA-256', realm = 'r'): string =>
  `Digest realm="${realm}", nonce="${nonce}", ${more}`

/** A connection to a server in memory, and what that server got. */
export function open(reply: Reply, options: Options = {}, settings = user) {
  const sent: Seen[] = []
  let bytes = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const seen: Seen = {
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      body: new Uint8Array(await request.arrayBuffer()),
    }
    sent.push(seen)
    return reply(seen, verifies(seen, user, paramsIn(seen.headers)['realm'] ?? ''), sent.length)
  }
  const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).map(() => ++bytes)
  const origins = [origin, 'https://other.example.com']
  const connection = connect(digest(options), { settings, origins, fetch, random })
  const params = (): Readonly<Record<string, string>>[] => sent.map(({ headers }) => paramsIn(headers))
  return { connection, sent, params }
}

/** Accepts what is signed right, challenges with one nonce after the other otherwise. */
export const simple = (more?: string): Reply => {
  let next = 0
  return (_, right) => (right ? new Response('ok') : refusal(challenge(`n${++next}`, more)))
}

export const statuses = (responses: readonly Response[]): number[] => responses.map(({ status }) => status)
