import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  amzDate,
  authorization,
  presignedQuery,
  signingKey,
  type Presigning,
  type SignedParts,
} from '../src/signature.ts'

interface Way {
  readonly canonical_request: string
  readonly signature: string
  readonly signed_request: string
}

interface Row {
  readonly id: string
  readonly context: {
    readonly credentials: {
      readonly access_key_id: string
      readonly secret_access_key: string
      readonly token?: string
    }
    readonly expiration_in_seconds: number
    readonly normalize: boolean
    readonly region: string
    readonly service: string
    readonly sign_body: boolean
    readonly timestamp: string
    readonly omit_session_token?: boolean
  }
  readonly request: string
  readonly header: Way
  readonly query: Way
}

const { cases } = JSON.parse(readFileSync(new URL('vectors/sigv4.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Row[]
}

const rows = cases.map((row) => [row.id, row] as const)

// A name may come twice here, which neither Headers nor a Map would keep.
const source = (entries: readonly (readonly [string, string])[]): SignedParts['headers'] => ({
  forEach: (visit) => entries.forEach(([name, value]) => visit(value, name)),
})

/** The parts of a row's request; `flip` changes one bit of its secret. */
async function partsOf(
  { context, request }: Row,
  inQuery: boolean,
  flip = false,
): Promise<SignedParts & Presigning> {
  const [head = '', body = ''] = request.split('\n\n')
  const [line = '', ...rest] = head.replace(/\n[ \t]+/g, ' ').split('\n')
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1.1$/.exec(line) ?? []
  const at = target.indexOf('?')
  const headers = rest
    .filter((text) => text !== '')
    .map((text) => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)] as const)
  const { access_key_id: accessKeyId, secret_access_key: secret, token } = context.credentials
  const date = amzDate(Date.parse(context.timestamp))
  const payloadHash = createHash('sha256').update(body).digest('hex')
  const scope = { region: context.region, service: context.service }
  const flipped = flip ? String.fromCharCode(secret.charCodeAt(0) ^ 1) + secret.slice(1) : secret
  const omitted = context.omit_session_token === true
  return {
    ...scope,
    method,
    path: at < 0 ? target : target.slice(0, at),
    pathAsSent: !context.normalize,
    query: at < 0 ? '' : target.slice(at + 1),
    host: headers.find(([name]) => name === 'Host')?.[1] ?? '',
    headers: source([
      ...headers,
      ...(inQuery ? [] : [['x-amz-date', date] as const]),
      ...(context.sign_body && !inQuery ? [['x-amz-content-sha256', payloadHash] as const] : []),
      ...(token && !inQuery && !omitted ? [['x-amz-security-token', token] as const] : []),
    ]),
    payloadHash,
    date,
    accessKeyId,
    key: await signingKey(flipped, date.slice(0, 8), scope),
    expiresIn: context.expiration_in_seconds,
    sessionToken: token,
    tokenUnsigned: omitted,
  }
}

test('the suite has as many rows as it had', () => {
  expect(cases).toHaveLength(38)
  expect(cases.filter(({ context }) => !context.normalize)).toHaveLength(7)
})

describe('the signature in a header', () => {
  test.each(rows)('%s', async (_, row) => {
    const parts = await partsOf(row, false)
    const value = await authorization(parts)
    expect(row.header.signed_request).toContain(`\nAuthorization:${value}\n`)
    expect(value.endsWith(`Signature=${row.header.signature}`)).toBe(true)
    expect(await authorization(await partsOf(row, false, true))).not.toBe(value)
    expect(await authorization({ ...parts, path: `${parts.path}/x` })).not.toBe(value)
  })
})

describe('the signature in a query', () => {
  test.each(rows)('%s', async (_, row) => {
    const parts = await partsOf(row, true)
    const query = await presignedQuery(parts, parts)
    const [, sent = ''] = /\?(.*) HTTP\/1.1\n/.exec(row.query.signed_request) ?? []
    expect(query.split('&').sort()).toEqual(sent.split('&').sort())
    expect(query.endsWith(`X-Amz-Signature=${row.query.signature}`)).toBe(true)
    expect(await presignedQuery(await partsOf(row, true, true), parts)).not.toBe(query)
    expect(await presignedQuery(parts, { ...parts, expiresIn: parts.expiresIn + 1 })).not.toBe(query)
  })
})
