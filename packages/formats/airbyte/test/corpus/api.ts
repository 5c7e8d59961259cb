import { verify } from 'node:crypto'
import { memberAt, type JsonObject } from '@latchkey/core/definition'
import { network, type Sent } from '../../../../../tools/network.ts'
import type { Expected, Oracle } from './expected.ts'
import { keys } from './samples.ts'

/** An API and its issuer of tokens in memory, which know what the oracle says. */
export interface Api {
  readonly fetch: typeof fetch
  /** The tokens that were issued. */
  readonly issued: readonly string[]
  /** Whatever a request lacked of what it must carry. */
  readonly faults: readonly string[]
  /** Requests that reached the API with all that they must carry. */
  accepted(): number
  /** The token that was issued last is refused once. */
  expire(): void
}

/** An API that is derived from an oracle; `now` is the clock of both sides. */
export function apiOf(oracle: Oracle, now: () => number): Api {
  const issued: string[] = []
  const faults: string[] = []
  const state = { accepted: 0, refused: '', refreshToken: undefined as string | undefined }
  const { issuer } = oracle

  const issue = (request: Sent): Response => {
    const wanted = issuer?.request({ refreshToken: state.refreshToken })
    if (!issuer || !wanted) return new Response(null, { status: 404 })
    faults.push(...lacking(request, wanted).map((fault) => `token request: ${fault}`))
    if (request.method !== issuer.method)
      faults.push(`token request: ${request.method}, not ${issuer.method}`)
    if (wanted.isAssertion) faults.push(...assertionFaults(request))
    const token = `token-${issued.length + 1}`
    issued.push(token)
    const answer = issuer.answer(token, now())
    state.refreshToken = answer.refreshToken ?? state.refreshToken
    return Response.json(answer.body)
  }

  const { fetch } = network((request) => {
    const [place] = request.url.split('?')
    const isIssuer =
      issuer && new URL(issuer.url).href.split('?')[0] === place && !request.url.includes('latchkey-probe')
    if (isIssuer) return issue(request)
    const token = issued.at(-1) ?? ''
    const { stale } = oracle
    if (stale && request.headers.get(stale[0]) === stale[1]) return new Response('{}', { status: 401 })
    if (issuer && token === state.refused) return new Response('{}', { status: 401 })
    const found = lacking(request, oracle.api(token))
    if (found.length === 0) state.accepted++
    faults.push(...found.map((fault) => `${request.method} ${request.url}: ${fault}`))
    return Response.json({})
  })
  return {
    fetch,
    issued,
    faults,
    accepted: () => state.accepted,
    expire: () => {
      state.refused = issued.at(-1) ?? ''
    },
  }
}

/** What a request lacks; of values that it does carry otherwise, both are said. */
function lacking({ url, headers, body }: Sent, expected: Expected): string[] {
  const { searchParams } = new URL(url)
  const isJson = headers.get('content-type')?.includes('json') === true
  const form = new URLSearchParams(isJson ? '' : body)
  const json = isJson ? (JSON.parse(body) as JsonObject) : {}
  const compared: [string, unknown, unknown][] = [
    ...entries(expected.headers).map(([name, value]): [string, unknown, unknown] => [
      `header ${name}`,
      value,
      headers.get(name),
    ]),
    ...entries(expected.query).map(([name, value]): [string, unknown, unknown] => [
      `parameter ${name}`,
      value,
      searchParams.get(name),
    ]),
    ...entries(expected.form).map(([name, value]): [string, unknown, unknown] => [
      `form ${name}`,
      value,
      form.get(name),
    ]),
    ...leaves(expected.json).map(([path, value]): [string, unknown, unknown] => [
      `JSON ${path.join('.')}`,
      value,
      memberAt(json, path),
    ]),
  ]
  return compared
    .filter(([, wanted, found]) => wanted !== found)
    .map(([place, wanted, found]) => `${place} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)
}

const entries = (map: Readonly<Record<string, string>>): [string, string][] => Object.entries(map)

function leaves(value: unknown, path: readonly string[] = []): [readonly string[], unknown][] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, item]) => leaves(item, [...path, name]))
    : [[path, value]]
}

/** RFC 7523: the assertion is a JWT that the service account signed. */
function assertionFaults({ body }: Sent): string[] {
  const assertion = new URLSearchParams(body).get('assertion') ?? ''
  const [head = '', claims = '', signature = ''] = assertion.split('.')
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    keys.publicKey,
    Buffer.from(signature, 'base64url'),
  )
  const { iss } = isSigned
    ? (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iss?: unknown })
    : {}
  return isSigned && iss === 'robot@acme.test'
    ? []
    : [`the assertion is not signed by the service account: ${assertion}`]
}
