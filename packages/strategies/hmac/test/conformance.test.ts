import { createHash, createHmac } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { akamaiEdgeGrid, binance, coinbase, hawk, hmac, httpSignature, wsse } from '@latchkey/hmac'
import { testStrategy, type SeenRequest } from '@latchkey/testing'
// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- the package has no types
// @ts-ignore
import untyped from 'hawk'

const runner = { test, expect }
const mac = (key: string | Uint8Array, data: string | Uint8Array) => createHmac('sha256', key).update(data)
const near = (ms: number, at: number, tolerated = 30_000) => Math.abs(ms - at) < tolerated

testStrategy(
  hmac({
    message: '{method}\n{target}\n{timestamp}\n{nonce}\n{header:content-type}\n{bodyHash}',
    headers: {
      'x-key': '{keyId}',
      'x-timestamp': '{timestamp}',
      'x-nonce': '{nonce}',
      'x-signature': 'v1={signature}',
    },
  }),
  {
    name: 'a description',
    settings: { keyId: 'key-1', secret: 'secret-canary-1' },
    accepts({ method, url, headers, body, at }, { settings }) {
      const timestamp = headers.get('x-timestamp') ?? ''
      const signed = [
        method,
        url.pathname + url.search,
        timestamp,
        headers.get('x-nonce') ?? '',
        headers.get('content-type') ?? '',
        createHash('sha256').update(body).digest('hex'),
      ].join('\n')
      return (
        near(Number(timestamp) * 1000, at) &&
        /^[\da-f]{32}$/.test(headers.get('x-nonce') ?? '') &&
        headers.get('x-key') === settings.keyId &&
        headers.get('x-signature') === `v1=${mac(settings.secret, signed).digest('hex')}`
      )
    },
    invalid: [{ settings: { keyId: '', secret: 'secret-canary-1' }, field: 'keyId' }],
  },
  runner,
)

testStrategy(
  coinbase(),
  {
    name: 'Coinbase',
    settings: { key: 'key-1', secret: 'c2VjcmV0LWNhbmFyeS0x', passphrase: 'passphrase-canary' },
    other: { key: 'key-2', secret: 'YW5vdGhlci1jYW5hcnkt', passphrase: 'passphrase-second' },
    accepts({ method, url, headers, body, at }, { settings }) {
      const timestamp = headers.get('cb-access-timestamp') ?? ''
      const before = Buffer.from(timestamp + method + url.pathname + url.search)
      return (
        near(Number(timestamp) * 1000, at) &&
        headers.get('cb-access-key') === settings.key &&
        headers.get('cb-access-passphrase') === settings.passphrase &&
        headers.get('cb-access-sign') ===
          mac(Buffer.from(settings.secret, 'base64'), Buffer.concat([before, body])).digest('base64')
      )
    },
  },
  runner,
)

testStrategy(
  binance(),
  {
    name: 'Binance',
    settings: { apiKey: 'key-1', secretKey: 'secret-canary-1' },
    accepts({ url, headers, body, at }, { settings }) {
      const [, query = '', signature = ''] = /^\?(.*)&signature=([\da-f]+)$/.exec(url.search) ?? []
      return (
        near(Number(new URLSearchParams(query).get('timestamp')), at, 5000) &&
        headers.get('x-mbx-apikey') === settings.apiKey &&
        signature === mac(settings.secretKey, Buffer.concat([Buffer.from(query), body])).digest('hex')
      )
    },
  },
  runner,
)

testStrategy(
  akamaiEdgeGrid({ headersToSign: ['X-Caller'] }),
  {
    name: 'Akamai EdgeGrid',
    settings: { clientToken: 'client-1', accessToken: 'access-1', clientSecret: 'secret-canary-1' },
    accepts({ method, url, headers, body, at }, { settings }) {
      const given = headers.get('authorization') ?? ''
      const [, start = '', ts = '', signature = ''] =
        /^(EG1-HMAC-SHA256 client_token=client-1;access_token=access-1;timestamp=(\S+?);nonce=[\da-f-]{36};)signature=(\S+)$/.exec(
          given,
        ) ?? []
      const when = Date.parse(ts.replace(/^(\d{4})(\d\d)(\d\d)T(.*)\+0000$/, '$1-$2-$3T$4Z'))
      const hash =
        method === 'POST' && body.length > 0 ? createHash('sha256').update(body).digest('base64') : ''
      const caller = headers.get('x-caller')
      const target = url.pathname + url.search
      const data = [method, 'https', url.host, target, caller ? `x-caller:${caller}` : '', hash, start].join(
        '\t',
      )
      return (
        near(when, at) &&
        signature === mac(mac(settings.clientSecret, ts).digest('base64'), data).digest('base64')
      )
    },
  },
  runner,
)

testStrategy(
  wsse(),
  {
    name: 'WSSE',
    settings: { username: 'bob', password: 'password-canary' },
    accepts({ headers, at }, { settings }) {
      const [, digest, nonce = '', created = ''] =
        /^UsernameToken Username="bob", PasswordDigest="(\S+)", Nonce="(\S+)", Created="(\S+)"$/.exec(
          headers.get('x-wsse') ?? '',
        ) ?? []
      return (
        near(Date.parse(created), at, 300_000) &&
        digest ===
          createHash('sha1')
            .update(nonce + created + settings.password)
            .digest('base64')
      )
    },
    invalid: [{ settings: { username: 'b"ob', password: 'password-canary' }, field: 'username' }],
  },
  runner,
)

const { server } = untyped as {
  readonly server: {
    authenticate(request: object, keys: () => object, options: object): Promise<unknown>
  }
}

/** The hawk package's own server. */
async function hawkAccepts({ method, url, headers, body, at }: SeenRequest, key: string): Promise<boolean> {
  const request = {
    method,
    url: url.pathname + url.search,
    headers: { ...Object.fromEntries(headers), host: url.host },
    connection: { encrypted: true },
  }
  const ts = Number(/ts="(\d+)"/.exec(headers.get('authorization') ?? '')?.[1])
  if (!near(ts * 1000, at)) return false
  const options = {
    // The clock of the test is not the server's.
    timestampSkewSec: Number.MAX_SAFE_INTEGER,
    ...((headers.get('authorization')?.includes('hash=') ?? false) && { payload: Buffer.from(body) }),
  }
  return server
    .authenticate(request, () => ({ id: 'id-1', key, algorithm: 'sha256', user: 'u' }), options)
    .then(
      () => true,
      () => false,
    )
}

testStrategy(
  hawk({ ext: 'app "1"'.replaceAll('"', "'") }),
  {
    name: 'Hawk',
    settings: { id: 'id-1', key: 'secret-canary-1' },
    accepts: (request, { settings }) => hawkAccepts(request, settings.key),
  },
  runner,
)

testStrategy(
  httpSignature({ algorithm: 'hmac-sha256' }),
  {
    name: 'HTTP Message Signatures',
    settings: { keyId: 'key-1', secret: 'secret-canary-1' },
    accepts({ method, url, headers, body, at }, { settings }) {
      const [, params = '', list = '', created = ''] =
        /^sig1=(\((.*)\);created=(\d+);keyid="key-1")$/.exec(headers.get('signature-input') ?? '') ?? []
      const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
      const needed = `"@method" "@target-uri"${headers.has('content-type') ? ' "content-type"' : ''}`
      if (list !== (body.length > 0 ? `${needed} "content-digest"` : needed)) return false
      if (body.length > 0 && headers.get('content-digest') !== digest) return false
      const base = [
        `"@method": ${method}`,
        `"@target-uri": ${url.href}`,
        ...(headers.has('content-type') ? [`"content-type": ${headers.get('content-type') ?? ''}`] : []),
        ...(body.length > 0 ? [`"content-digest": ${digest}`] : []),
        `"@signature-params": ${params}`,
      ].join('\n')
      return (
        near(Number(created) * 1000, at) &&
        headers.get('signature') === `sig1=:${mac(settings.secret, base).digest('base64')}:`
      )
    },
  },
  runner,
)
