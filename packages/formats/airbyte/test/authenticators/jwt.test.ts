import { createHmac, generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Json } from '@latchkey/core'
import { strategyOf } from '../../src/authenticators/index.ts'
import { base64, connected, failure, start, whereOf } from './support.ts'

const url = 'https://api.example/items'
const now = start / 1000
const secret = 'a secret of thirty-two characters!'

interface Parts {
  readonly header: Readonly<Record<string, Json>>
  readonly payload: Readonly<Record<string, Json>>
}

function decoded(token: string): Parts {
  const [header, payload] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8') || 'null') as never)
  return { header: header as never, payload: payload as never }
}

const hs256 = (token: string, key: string): boolean => {
  const [header, payload, mac] = token.split('.')
  return createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url') === mac
}

const jwt = (more: object = {}): object => ({
  type: 'JwtAuthenticator',
  secret_key: "{{ config['secret'] }}",
  algorithm: 'HS256',
  ...more,
})

async function token(definition: object, settings: Record<string, string> = {}): Promise<string> {
  const { connection, sent } = connected(definition, { settings: { secret, ...settings } })
  await connection.fetch(url)
  return sent[0]?.headers.get('authorization') ?? ''
}

describe('the token', () => {
  test('has 20 minutes, iat, nbf and exp, typ JWT, and stands alone in Authorization', async () => {
    const text = await token(jwt())
    expect(decoded(text)).toEqual({
      header: { alg: 'HS256', typ: 'JWT' },
      payload: { iat: now, nbf: now, exp: now + 1200 },
    })
    expect(hs256(text, secret)).toBe(true)
  })

  test('has the headers and claims that are given, their templates rendered at any depth', async () => {
    const text = await token(
      jwt({
        jwt_headers: { kid: "{{ config['id'] }}", typ: 'Alt', cty: 'JWT' },
        additional_jwt_headers: { "x-{{ config['id'] }}": "{{ config['id'] }}" },
        jwt_payload: { iss: "{{ config['id'] }}", sub: 'me', aud: 'https://api.example' },
        additional_jwt_payload: {
          scope: ['read', "{{ config['id'] }}"],
          user: { name: "{{ config['id'] }}", admin: true },
          count: 3,
        },
        token_duration: '600',
        header_prefix: 'JWT',
      }),
      { id: '007' },
    )
    expect(text.startsWith('JWT ')).toBe(true)
    expect(decoded(text.slice(4))).toEqual({
      header: { alg: 'HS256', kid: '007', typ: 'Alt', cty: 'JWT', 'x-007': '007' },
      payload: {
        iss: '007',
        sub: 'me',
        aud: 'https://api.example',
        scope: ['read', '007'],
        user: { name: '007', admin: true },
        count: 3,
        iat: now,
        nbf: now,
        exp: now + 600,
      },
    })
  })

  test('has a list of audiences where the template gives a list', async () => {
    const text = await token(jwt({ jwt_payload: { aud: "{{ [config['id'], 'b'] }}" } }), { id: 'a' })
    expect(decoded(text).payload['aud']).toEqual(['a', 'b'])
  })

  test('leaves out a claim whose field may be left empty, and fails for any other that is missing', async () => {
    const definition = jwt({ jwt_payload: { sub: "{{ config['user'] }}" } })
    const { connection, sent } = connected(definition, { settings: { secret }, fields: ['secret', 'user?'] })
    await connection.fetch(url)
    expect(decoded(sent[0]?.headers.get('authorization') ?? '').payload).toEqual({
      iat: now,
      nbf: now,
      exp: now + 1200,
    })
    const other = connected(definition, { settings: { secret } })
    const { code, field } = await failure(() => other.connection.fetch(url))
    expect([code, field]).toEqual(['settings_invalid', 'user'])
  })

  test('is signed with the base64 text of the secret where that is asked for', async () => {
    expect(hs256(await token(jwt({ base64_encode_secret_key: true })), base64(secret))).toBe(true)
  })

  test('takes a key out of JSON that was pasted, and mends line breaks that were escaped', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    const account = {
      private_key: pem.replaceAll('\n', '\\n'),
      client_email: 'a@b.c',
      token_uri: 'https://t.example',
    }
    const text = await token(
      {
        type: 'JwtAuthenticator',
        secret_key: "{{ json_loads(config['account'])['private_key'] }}",
        algorithm: 'RS256',
        jwt_payload: { iss: "{{ json_loads(config['account'])['client_email'] }}" },
      },
      { account: JSON.stringify(account) },
    )
    const [header, payload, signature = ''] = text.split('.')
    const signed = Buffer.from(`${header}.${payload}`)
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
    expect(decoded(text).payload['iss']).toBe('a@b.c')
  })

  test('opens a protected key with its passphrase, and says so where that is wrong', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'open',
    }) as string
    const definition = {
      ...jwt({ algorithm: 'ES256', passphrase: "{{ config['pass'] }}", base64_encode_secret_key: true }),
    }
    const text = await token(definition, { secret: key.trim(), pass: 'open' })
    const [header, payload, signature = ''] = text.split('.')
    expect(
      verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true)
    const { code, field, message } = await failure(() =>
      token(definition, { secret: key.trim(), pass: 'wrong' }),
    )
    expect([code, field, message.includes('wrong')]).toEqual(['settings_invalid', 'pass', false])
  })

  test.each(['HS384', 'HS512'])('%s', async (algorithm) => {
    const text = await token(jwt({ algorithm }), { secret: 'short' })
    const [header, payload, mac] = text.split('.')
    const hash = algorithm.replace('HS', 'sha')
    expect(createHmac(hash, 'short').update(`${header}.${payload}`).digest('base64url')).toBe(mac)
  })
})

describe('where the token goes', () => {
  const at = (inject_into: string, more: object = { field_name: 'token' }): object =>
    jwt({ header_prefix: 'JWT', request_option: { type: 'RequestOption', inject_into, ...more } })
  const given = { settings: { secret } }

  test('a header, the query, a form, a JSON body; with its prefix', async () => {
    const { connection, sent } = connected(at('header', { field_name: 'X-Token' }), given)
    await connection.fetch(url)
    expect(sent[0]?.headers.get('x-token')).toMatch(/^JWT eyJ/)
    const query = connected(at('request_parameter'), given)
    await query.connection.fetch(url)
    expect(new URL(query.sent[0]?.url ?? '').searchParams.get('token')).toMatch(/^JWT eyJ/)
    const form = connected(at('body_data'), given)
    await form.connection.fetch(url, { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    expect(form.sent[0]?.body).toMatch(/^a=1&token=JWT\+eyJ/)
    const json = connected(at('body_json', { field_path: ['auth', 'token'] }), given)
    await json.connection.fetch(url, { method: 'POST', body: '{"a":1}' })
    expect(JSON.parse(json.sent[0]?.body ?? '')).toEqual({
      a: 1,
      auth: { token: expect.stringMatching(/^JWT eyJ/) as unknown },
    })
  })
})

describe('how often it is signed', () => {
  const unique = jwt({ additional_jwt_payload: { jti: '{{ generate_uuid() }}' }, token_duration: 600 })

  test('once for 50 concurrent requests, and again shortly before its end', async () => {
    const { connection, sent, clock } = connected(unique, { settings: { secret } })
    await Promise.all(Array.from({ length: 50 }, () => connection.fetch(url)))
    const tokens = (): Set<string | null> => new Set(sent.map(({ headers }) => headers.get('authorization')))
    expect([sent.length, tokens().size]).toEqual([50, 1])
    clock.now += 539_000
    await connection.fetch(url)
    expect(tokens().size).toBe(1)
    clock.now += 2_000
    await connection.fetch(url)
    expect(tokens().size).toBe(2)
    expect([...tokens()].map((text) => decoded(text ?? '').payload['jti'])).toEqual([
      expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab]/),
      expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab]/),
    ])
  })

  test('once more after a rejection, in the same place', async () => {
    const { connection, sent, clock } = connected(
      jwt({ request_option: { inject_into: 'request_parameter', field_name: 'token' } }),
      { settings: { secret }, answer: (_, count) => new Response('', { status: count === 2 ? 401 : 200 }) },
    )
    await connection.fetch(url)
    clock.now += 60_000
    await connection.fetch(url)
    const tokens = sent.map((request) => new URL(request.url).searchParams.get('token'))
    expect([tokens.length, new Set(tokens).size, tokens[0] === tokens[1]]).toEqual([3, 2, true])
  })
})

test.each([
  [jwt({ algorithm: 'none' }), /^auth\.algorithm: this must be an algorithm that signs/],
  [jwt({ algorithm: "{{ config['algorithm'] }}" }), /^auth\.algorithm: /],
  [jwt({ secret_key: undefined }), /^auth: secret_key is missing/],
  [jwt({ token_duration: 'PT1H' }), /^auth\.token_duration: this must be a whole number of seconds/],
  [jwt({ token_duration: 0 }), /^auth\.token_duration: /],
  [jwt({ additional_jwt_headers: { kid: 'x' } }), /^auth\.additional_jwt_headers\.kid: this is set by/],
  [jwt({ additional_jwt_payload: { exp: 1 } }), /^auth\.additional_jwt_payload\.exp: this is set by/],
  [
    jwt({ additional_jwt_payload: { a: [{ b: '{{ config[' }] } }),
    /^auth\.additional_jwt_payload\.a\[0\]\.b: /,
  ],
  [jwt({ base64_encode_secret_key: 'yes' }), /^auth\.base64_encode_secret_key: this must be true or false/],
])('%j is refused when it is read', async (definition, message) => {
  const failed = await failure(() => strategyOf(definition, whereOf({})))
  expect(failed.code).toBe('definition_invalid')
  expect(failed.message).toMatch(message)
})

test('members that mean nothing are warned of, in the headers and the payload too', () => {
  const { warnings } = connected(
    jwt({ expires: 1, jwt_headers: { kd: 'x' }, jwt_payload: { issuer: 'x' } }),
    {
      settings: { secret },
    },
  )
  expect(warnings.map(({ path }) => path)).toEqual([
    'auth.expires',
    'auth.jwt_headers.kd',
    'auth.jwt_payload.issuer',
  ])
})
