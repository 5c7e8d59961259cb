import { createHash, createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import {
  atlassianConnect,
  canonicalRequest,
  coinbaseCdp,
  integrationAppToken,
  jwt,
  membraneToken,
} from '@latchkey/jwt'
import { jwtVerify } from 'jose'
import { now, read, sentBy, tokenOf } from './support.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const at = now / 1000
const secret = 's'.repeat(32)

describe('the canonical request of Atlassian Connect', () => {
  test.each([
    // The worked example of Atlassian's documentation.
    [
      'GET',
      'https://a.example/path/to/service?zee_last=param&repeated=parameter 1&first=param&repeated=parameter 2',
      '',
      'GET&/path/to/service&first=param&repeated=parameter%201,parameter%202&zee_last=param',
    ],
    ['get', 'https://a.example', '', 'GET&/&'],
    ['GET', 'https://a.example/a/', '', 'GET&/a&'],
    ['POST', 'https://a.example/wiki/rest/api?jwt=x&b=%2B*~é', '/wiki', 'POST&/rest/api&b=%2B%2A~%C3%A9'],
    ['GET', 'https://a.example/wiki', '/wiki', 'GET&/&'],
    ['GET', 'https://a.example/wikipedia', '/wiki', 'GET&/wikipedia&'],
    ['GET', 'https://a.example/a&b?x=&y', '', 'GET&/a%26b&x=&y='],
  ])('%s %s below "%s"', (method, url, context, said) => {
    expect(canonicalRequest(method, new URL(url), context)).toBe(said)
  })
})

describe('claims over the request', () => {
  test('method, host, path, uri and the hash of the body, new for each request, also where it is a form', async () => {
    const auth = jwt({
      algorithm: 'HS256',
      claims: {
        uri: '{request.method} {request.host}{request.path}',
        full: '{request.uri}',
        bodyHash: '{request.sha256}',
      },
    })
    const body = new URLSearchParams({ a: 'b c' })
    const sent = await sentBy(auth, { secret }, [
      ['https://api.example.com/a/b?c=d', { method: 'POST', body }],
      ['https://api.example.com/'],
    ])
    expect(read(tokenOf(sent[0])).payload).toMatchObject({
      uri: 'POST api.example.com/a/b',
      full: '/a/b?c=d',
      bodyHash: sha256('a=b+c'),
    })
    expect(sent[0]!.body).toBe('a=b+c')
    expect(read(tokenOf(sent[1])).payload).toMatchObject({ full: '/', bodyHash: sha256('') })
  })

  test('a function sees the request, where each has a token of its own', async () => {
    const auth = jwt({
      algorithm: 'HS256',
      perRequest: true,
      claims: async ({ request }) => ({
        length: (await request!.bytes()).length,
        path: request!.url.pathname,
      }),
    })
    const [sent] = await sentBy(auth, { secret }, [
      ['https://api.example.com/x', { method: 'POST', body: 'äö' }],
    ])
    expect(read(tokenOf(sent)).payload).toMatchObject({ length: 4, path: '/x' })
  })

  test('a body that can be read once cannot be spoken of', async () => {
    const auth = jwt({ algorithm: 'HS256', claims: { h: '{request.sha256}' } })
    const body = new Blob(['x']).stream()
    const call = sentBy(auth, { secret }, [
      ['https://api.example.com/', { method: 'POST', body, duplex: 'half' } as RequestInit],
    ])
    await expect(call).rejects.toMatchObject({ code: 'body_not_replayable' })
  })

  test('perRequest: false against a claim that speaks of the request is refused', async () => {
    const auth = jwt({ algorithm: 'HS256', perRequest: false, claims: { h: '{request.path}' } })
    await expect(sentBy(auth, { secret })).rejects.toMatchObject({ code: 'definition_invalid' })
  })
})

describe('presets', () => {
  test('Atlassian Connect: JWT, iss, qsh, three minutes', async () => {
    const settings = { appKey: 'my-app', sharedSecret: secret }
    const [sent] = await sentBy(atlassianConnect({ contextPath: '/wiki' }), settings, [
      ['https://api.example.com/wiki/rest/x?b=1&a=2'],
    ])
    expect(sent!.headers.get('authorization')).toMatch(/^JWT /)
    expect(read(tokenOf(sent))).toEqual({
      header: { alg: 'HS256', typ: 'JWT' },
      payload: { iss: 'my-app', iat: at, exp: at + 180, qsh: sha256('GET&/rest/x&a=2&b=1') },
    })
  })

  test('Coinbase: a token for one method, host and path, with a nonce in the header', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const keyName = 'organizations/o/apiKeys/k'
    const settings = {
      keyName,
      privateKey: (privateKey.export({ format: 'pem', type: 'sec1' }) as string).replaceAll('\n', '\\n'),
    }
    const [sent] = await sentBy(coinbaseCdp(), settings, [
      ['https://api.example.com/api/v3/brokerage/accounts?limit=1'],
    ])
    const { header, payload } = read(tokenOf(sent))
    expect(header).toEqual({
      alg: 'ES256',
      typ: 'JWT',
      kid: keyName,
      nonce: expect.stringMatching(/^[\da-f]{32}$/),
    })
    expect(payload).toEqual({
      iss: 'cdp',
      sub: keyName,
      nbf: at,
      exp: at + 120,
      uri: 'GET api.example.com/api/v3/brokerage/accounts',
    })
    const [head, body, signature] = tokenOf(sent).split('.')
    const verifier = createVerify('sha256').update(`${head}.${body}`)
    expect(verifier.verify({ key: publicKey, dsaEncoding: 'ieee-p1363' }, signature!, 'base64url')).toBe(true)
  })

  test("Coinbase's Ed25519 keys are 64 bytes in base64", async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
    const key = Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]).toString('base64')
    const [sent] = await sentBy(coinbaseCdp({ algorithm: 'EdDSA' }), { keyName: 'k', privateKey: key })
    await jwtVerify(tokenOf(sent), publicKey, { currentDate: new Date(now) })
  })

  test('Membrane: the token of the platform in one header, or in two, unadorned; the operator gives the keys', async () => {
    const settings = {
      workspaceKey: 'ws-1',
      workspaceSecret: 'short secret',
      userId: 'u-1',
      plan: 'pro',
      seats: 5,
    }
    const options = {
      fields: {
        plan: { type: 'string', label: 'Plan', required: true },
        seats: { type: 'number', label: 'Seats' },
      },
      userFields: { plan: '{plan}', seats: '{seats}' },
    } as const
    const [both] = await sentBy(membraneToken(options), settings)
    const token = both!.headers.get('x-membrane-token')!
    expect(both!.headers.get('x-integration-app-token')).toBe(token)
    expect(both!.headers.get('authorization')).toBeNull()
    const verified = await jwtVerify(token, new TextEncoder().encode('short secret'), {
      currentDate: new Date(now),
    })
    expect(verified.protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(verified.payload).toEqual({
      iss: 'ws-1',
      sub: 'u-1',
      fields: { plan: 'pro', seats: 5 },
      iat: at,
      exp: at + 3600,
    })
    const [one] = await sentBy(integrationAppToken(options), settings)
    expect(one!.headers.get('x-integration-app-token')).toBe(token)
    expect(one!.headers.get('x-membrane-token')).toBeNull()
    const { workspaceKey, workspaceSecret, userId } = membraneToken().fields
    expect([workspaceKey.owner, workspaceSecret.owner, 'owner' in userId]).toEqual(['app', 'app', false])
    const [bare] = await sentBy(membraneToken(), { workspaceKey: 'w', workspaceSecret: 's', userId: 'u' })
    expect(read(bare!.headers.get('x-membrane-token')).payload['fields']).toEqual({})
  })
})

test('a function of claims is given the clock and the randomness of the world', async () => {
  const auth = jwt({
    algorithm: 'HS256',
    claims: (given) => ({ at: given.now(), of: given.random(3).length }),
  })
  const [sent] = await sentBy(auth, { secret })
  expect(read(tokenOf(sent)).payload).toEqual({ at: now, of: 3, iat: at, exp: at + 1200 })
})
