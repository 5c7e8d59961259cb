import { describe, expect, test } from '@jest/globals'
import { awsSigV4, type AwsSigV4Options } from '@latchkey/aws-sigv4'
import { connect } from '@latchkey/core'
import { network } from '../../../../tools/network.ts'
import { at, keys, open, origins, verified } from './support.ts'

/** The scope in a request's Authorization. */
const scopeIn = (headers: Headers): string =>
  /Credential=AKIDEXAMPLE\/\d+\/(\S+)\/aws4_request/.exec(headers.get('authorization') ?? '')?.[1] ?? ''

test('region and service come from the options, then the settings, then the host', async () => {
  const url = 'https://dynamodb.eu-west-1.amazonaws.com/'
  const cases: [AwsSigV4Options, object, string][] = [
    [{}, {}, 'eu-west-1/dynamodb'],
    [{}, { region: 'us-east-2', service: 'execute-api' }, 'us-east-2/execute-api'],
    [{ region: 'ap-south-1', service: 's3' }, {}, 'ap-south-1/s3'],
    [{ service: 's3' }, { region: 'us-east-2' }, 'us-east-2/s3'],
  ]
  for (const [options, settings, scope] of cases) {
    const net = network()
    await open(awsSigV4(options), { ...keys, ...settings }, net).fetch(url)
    expect(scopeIn(net.sent[0]!.headers)).toBe(scope)
  }
})

test('where nothing says region or service the form is at fault, and nothing is sent', async () => {
  for (const [settings, field] of [
    [{}, 'region'],
    [{ region: 'eu-west-1' }, 'service'],
  ] as const) {
    const net = network()
    const sending = open(awsSigV4(), { ...keys, ...settings }, net).fetch('https://api.example.com/')
    await expect(sending).rejects.toMatchObject({
      code: 'settings_invalid',
      field,
      message: `Field "${field}" is empty, and the host api.example.com does not say the ${field}`,
    })
    expect(net.sent).toEqual([])
  }
})

describe('what is signed', () => {
  const s3 = 'https://bucket.s3.eu-west-1.amazonaws.com/a//b%20c'

  test("S3 gets the body's hash as a header, and a path as it is", async () => {
    const net = network()
    await open(awsSigV4(), keys, net).fetch(s3, { method: 'PUT', body: 'hello' })
    const [sent] = net.sent
    expect(sent!.headers.get('x-amz-content-sha256')).toBe(
      '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    )
    expect(sent!.url).toBe(s3)
  })

  test('another service gets no such header', async () => {
    const net = network()
    await open(awsSigV4(), keys, net).fetch('https://sqs.eu-west-1.amazonaws.com/', {
      method: 'POST',
      body: 'x',
    })
    expect(net.sent[0]!.headers.has('x-amz-content-sha256')).toBe(false)
  })

  test('an unsigned payload lets a stream through, a signed one refuses it', async () => {
    const stream = () => new Response('hello').body
    const init = () => ({ method: 'PUT', body: stream(), duplex: 'half' }) as RequestInit
    const net = network()
    await open(awsSigV4({ payload: 'unsigned' }), keys, net).fetch(s3, init())
    expect(net.sent[0]!.headers.get('x-amz-content-sha256')).toBe('UNSIGNED-PAYLOAD')
    expect(net.sent[0]!.body).toBe('hello')
    await expect(open(awsSigV4(), keys, net).fetch(s3, init())).rejects.toMatchObject({
      code: 'body_not_replayable',
    })
    expect(net.sent).toHaveLength(1)
  })

  test("a hash that the caller names is signed in the body's place", async () => {
    const net = network()
    const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }
    await open(awsSigV4(), keys, net).fetch(s3, { method: 'PUT', body: 'x', headers })
    expect(net.sent[0]!.headers.get('x-amz-content-sha256')).toBe(headers['x-amz-content-sha256'])
  })

  test('bytes, forms and texts are hashed as they are sent', async () => {
    for (const body of [
      'ü\ud800',
      new TextEncoder().encode('ü'),
      new URLSearchParams({ a: 'b c' }),
      new Blob(['x']),
    ]) {
      let accepted = false
      const fetch: typeof globalThis.fetch = async (input, init) => {
        const request = new Request(input, init)
        const { method, headers } = request
        const url = new URL(request.url)
        const bytes = new Uint8Array(await request.arrayBuffer())
        accepted = await verified({ method, url, headers, body: bytes }, keys, at)
        return new Response()
      }
      const connection = connect(awsSigV4(), { settings: keys, origins, fetch, now: () => at })
      await connection.fetch('https://sqs.eu-west-1.amazonaws.com/', { method: 'POST', body })
      expect(accepted).toBe(true)
    }
  })

  test('a plus in the query is sent as the space that it stands for', async () => {
    const net = network()
    await open(awsSigV4(), keys, net).fetch('https://sqs.eu-west-1.amazonaws.com/?a=b+c')
    expect(net.sent[0]!.url).toBe('https://sqs.eu-west-1.amazonaws.com/?a=b%20c')
  })

  test('IoT takes the session token beside the signature', async () => {
    const net = network()
    const auth = awsSigV4({ service: 'iotdevicegateway', region: 'eu-west-1' })
    const settings = { ...keys, sessionToken: 'token/1' }
    await open(auth, settings, net).fetch('https://api.example.com/mqtt')
    expect(net.sent[0]!.headers.get('x-amz-security-token')).toBe('token/1')
    expect(net.sent[0]!.headers.get('authorization')).toContain('SignedHeaders=host;x-amz-date,')
  })
})

test('a presigned URL can be made without sending, and replaces an older signature', async () => {
  const auth = awsSigV4({ in: 'query', expiresIn: 60 })
  const connection = open(auth, { ...keys, sessionToken: 'token/1' }, network())
  const s3 = 'https://bucket.s3.eu-west-1.amazonaws.com/key?versionId=1'
  const once = await connection.apply(new Request(s3))
  const twice = await connection.apply(new Request(once.url))
  expect(twice.url).toBe(once.url)
  expect(once.headers.has('authorization')).toBe(false)
  const { searchParams } = new URL(once.url)
  expect([...searchParams.keys()]).toEqual([
    'versionId',
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-SignedHeaders',
    'X-Amz-Expires',
    'X-Amz-Security-Token',
    'X-Amz-Signature',
  ])
  expect(searchParams.get('X-Amz-Expires')).toBe('60')
})

describe('the clock', () => {
  const skewed = (server: () => number, status = 403) =>
    network(({ headers }) => {
      const date = headers.get('x-amz-date') ?? ''
      const near =
        Math.abs(Date.parse(date.replace(/(....)(..)(..T..)(..)/, '$1-$2-$3:$4:')) - server()) < 300_000
      return new Response(near ? 'ok' : '<Code>RequestTimeTooSkewed</Code>', {
        status: near ? 200 : status,
        headers: { date: new Date(server()).toUTCString() },
      })
    })

  test.each([3_600_000, -3_600_000])(
    'an error of %d ms is learnt from a rejection and kept',
    async (error) => {
      const net = skewed(() => at + error)
      const connection = open(awsSigV4(), keys, net)
      const url = 'https://sqs.eu-west-1.amazonaws.com/'
      expect((await connection.fetch(url, { method: 'POST', body: 'x' })).status).toBe(200)
      expect(net.sent).toHaveLength(2)
      expect((await connection.fetch(url)).status).toBe(200)
      expect(net.sent).toHaveLength(3)
    },
  )

  test('a rejection by a server with the same time is not answered with another request', async () => {
    const net = network(
      () => new Response('', { status: 403, headers: { date: new Date(at + 60_000).toUTCString() } }),
    )
    expect((await open(awsSigV4(), keys, net).fetch('https://sqs.eu-west-1.amazonaws.com/')).status).toBe(403)
    expect(net.sent).toHaveLength(1)
  })
})

test('the signing key is worked out once a day', async () => {
  const memory = new Map<string, unknown>()
  const auth = awsSigV4({ service: 's3', region: 'eu-west-1' })
  const sign = (now: number, secretAccessKey = keys.secretAccessKey) => {
    const headers = new Headers()
    const request = { method: 'GET', url: new URL('https://api.example.com/'), headers, body: null }
    void auth.apply(
      request as never,
      { settings: { ...keys, secretAccessKey }, memory, now: () => now } as never,
    )
    return memory.get('aws-sigv4.key/eu-west-1/s3') as { readonly key: Uint8Array }
  }
  const first = sign(at)
  // On Node nothing was awaited.
  expect(first.key).toHaveLength(32)
  expect(sign(at + 3_600_000)).toBe(first)
  expect(sign(at + 86_400_000).key).not.toEqual(first.key)
  expect(sign(at, 'another').key).not.toEqual(first.key)
  expect(memory.size).toBe(1)
})

test('options that cannot work are refused at construction, by name', () => {
  const cases: [AwsSigV4Options, string][] = [
    [{ service: 'a/b' }, 'awsSigV4: service'],
    [{ region: 'eu/1' }, 'awsSigV4: region'],
    [{ in: 'body' as never }, 'awsSigV4: in'],
    [{ payload: 'no' as never }, 'awsSigV4: payload'],
    [{ expiresIn: 604_801 }, 'awsSigV4: expiresIn'],
    [{ expiresIn: 0.5 }, 'awsSigV4: expiresIn'],
    [{ assumeRole: { sessionName: 'a b' } }, 'awsSigV4: assumeRole.sessionName'],
    [{ assumeRole: { durationSeconds: 60 } }, 'awsSigV4: assumeRole.durationSeconds'],
    [{ assumeRole: { url: 'http://sts.example' } }, 'awsSigV4: assumeRole.url'],
  ]
  for (const [options, message] of cases) {
    expect(() => awsSigV4(options)).toThrow(TypeError)
    expect(() => awsSigV4(options)).toThrow(message)
  }
})
