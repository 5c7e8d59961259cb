import { AwsV4Signer } from 'aws4fetch'
import fc from 'fast-check'
import { expect, test } from '@jest/globals'
import type { OutgoingRequest } from '@latchkey/core'
import { awsSigV4 } from '@latchkey/aws-sigv4'
import { at, httpRequest, keys, smithy } from './support.ts'
const options = { numRuns: 200 }

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  path: fc.array(fc.oneof(text, fc.constantFrom('', '.', '..', 'a b', 'a%2Fb', "!'()*", 'ü')), {
    maxLength: 5,
  }),
  query: fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), text), {
    selector: ([name]) => name,
    maxLength: 5,
  }),
  headers: fc.dictionary(
    fc.constantFrom('x-amz-target', 'x-amz-meta-a', 'x-custom', 'accept', 'cookie', 'content-type'),
    fc.string({ maxLength: 20 }).map((value) => value.trim()),
  ),
  body: fc.string({ unit: 'grapheme', maxLength: 40 }),
  token: fc.option(fc.stringMatching(/^[\w+/=]{8,30}$/), { nil: undefined }),
  service: fc.constantFrom('s3', 'dynamodb', 'execute-api'),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1'),
})

type Drawn = typeof requests extends fc.Arbitrary<infer T> ? T : never

function inputOf({ method, path, query, headers, body }: Drawn): {
  url: URL
  init: Init
} {
  const url = new URL('https://api.example.com/')
  url.pathname = `/${path.join('/')}`
  url.search = new URLSearchParams(query).toString().replaceAll('+', '%20')
  const init: Init = {
    method,
    headers: new Headers({ 'content-type': 'application/json', ...headers }),
    body: method === 'GET' || body === '' ? null : body,
  }
  return { url, init }
}

/** What goes to `fetch`. */
interface Init {
  readonly method: string
  readonly headers: Headers
  readonly body: string | null
}

/** The request as `apply` leaves it. */
async function signedAs(
  { token, service, region }: Drawn,
  place: 'header' | 'query',
  url: URL,
  init: Init,
): Promise<OutgoingRequest> {
  const request: OutgoingRequest = {
    method: init.method,
    url: new URL(url),
    headers: new Headers(init.headers),
    body: init.body,
    bytes: () => Promise.reject(new Error('a text needs no bytes')),
  }
  const settings = { ...keys, ...(token && { sessionToken: token }) }
  const auth = awsSigV4({ service, region, in: place, expiresIn: 900 })
  await auth.apply(request, { settings, memory: new Map(), now: () => at } as never)
  return request
}

const bytes = (body: string | null): Uint8Array => new TextEncoder().encode(body ?? '')

test('the Authorization header is the one of the AWS SDK', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (drawn) => {
      const { url, init } = inputOf(drawn)
      // The SDK encodes an S3 path itself before it signs it as it stands.
      fc.pre(drawn.service !== 's3' || /^[\w./-]*$/.test(url.pathname))
      const signed = await signedAs(drawn, 'header', url, init)
      const body = bytes(init.body)
      const theirs = (await smithy({ ...keys, sessionToken: drawn.token }, drawn.region, drawn.service).sign(
        httpRequest({ method: init.method, url, headers: init.headers, body }),
        { signingDate: new Date(at) },
      )) as unknown as { headers: Record<string, string> }
      expect(signed.headers.get('authorization')).toBe(theirs.headers['authorization'])
      expect(signed.headers.get('x-amz-date')).toBe(theirs.headers['x-amz-date'])
    }),
    options,
  )
})

test('the Authorization header is the one of aws4fetch', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (drawn) => {
      const { url, init } = inputOf(drawn)
      const signed = await signedAs(drawn, 'header', url, init)
      const signer = new AwsV4Signer({
        ...keys,
        ...(drawn.token && { sessionToken: drawn.token }),
        method: init.method,
        url: url.href,
        headers: new Headers([
          ...init.headers,
          ...(drawn.service === 's3'
            ? [['x-amz-content-sha256', signed.headers.get('x-amz-content-sha256')!] as [string, string]]
            : []),
        ]),
        body: init.body,
        service: drawn.service,
        region: drawn.region,
        datetime: '20150830T123600Z',
        allHeaders: true,
      })
      const { headers } = await signer.sign()
      expect(signed.headers.get('authorization')).toBe(headers.get('authorization'))
    }),
    options,
  )
})

test('the presigned URL is the one of aws4fetch, but for the order of its parameters', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (drawn) => {
      const { url, init } = inputOf(drawn)
      const signed = (await signedAs(drawn, 'query', url, init)).url
      const theirs = new URL(url)
      theirs.searchParams.set('X-Amz-Expires', '900')
      const own = [...init.headers].filter(([name]) => name.startsWith('x-amz-'))
      const signer = new AwsV4Signer({
        ...keys,
        ...(drawn.token && { sessionToken: drawn.token }),
        method: init.method,
        url: theirs.href,
        headers: new Headers(own),
        body: init.body,
        service: drawn.service,
        region: drawn.region,
        datetime: '20150830T123600Z',
        signQuery: true,
      })
      const { url: expected } = await signer.sign()
      expect([...signed.searchParams].sort()).toEqual([...new URL(expected).searchParams].sort())
    }),
    options,
  )
})

test('the presigned URL is the one of the AWS SDK, but for the order of its parameters', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (drawn) => {
      const { url, init } = inputOf(drawn)
      // What S3 wants is put together by its client in the SDK, not by the signer.
      fc.pre(drawn.service !== 's3')
      const signed = (await signedAs(drawn, 'query', url, { ...init, headers: new Headers() })).url
      const signer = smithy({ ...keys, sessionToken: drawn.token }, drawn.region, drawn.service)
      const theirs = (await signer.presign(
        httpRequest({ method: init.method, url, headers: new Headers(), body: bytes(init.body) }),
        { signingDate: new Date(at), expiresIn: 900 },
      )) as { query: Record<string, string> }
      for (const name of ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'])
        expect(signed.searchParams.get(`X-Amz-${name}`)).toBe(theirs.query[`X-Amz-${name}`])
    }),
    options,
  )
})
