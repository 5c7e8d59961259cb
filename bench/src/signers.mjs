import { createHash, createHmac, createSecretKey } from 'node:crypto'
import { awsSigV4 } from '@latchkey/aws-sigv4'
import { jwt } from '@latchkey/jwt'
import { oauth1 } from '@latchkey/oauth1'
import { SignatureV4 } from '@smithy/signature-v4'
import aws4 from 'aws4'
import { AwsV4Signer } from 'aws4fetch'
import { createSigner } from 'fast-jwt'
import { SignJWT } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import OAuth from 'oauth-1.0a'
import { thing } from './api.mjs'

const authorization = ({ headers }) => headers.get('authorization')

/**
 * Signs with a strategy as the core would, from an address, headers and a body: everything that a request needs is made
 * anew for each, and what a connection remembers is kept.
 */
const signing = (strategy, settings, { method, url, headers, body = null }) => {
  const context = {
    settings,
    memory: new Map(),
    now: () => Date.now(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  }
  return async () => {
    const request = {
      method,
      url: new URL(url),
      headers: new Headers(headers),
      body,
      bytes: async () => new TextEncoder().encode(body ?? ''),
    }
    const later = strategy.apply(request, context)
    if (later instanceof Promise) await later
    return authorization(request)
  }
}

/** The hash as the AWS SDK wants it, over the runtime's own. */
class Sha256 {
  #hash
  constructor(secret) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
  }
  update(data) {
    this.#hash.update(data)
  }
  async digest() {
    return new Uint8Array(this.#hash.digest())
  }
}

const sigV4 = () => {
  const keys = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  }
  const place = { service: 'dynamodb', region: 'eu-west-1' }
  const host = 'dynamodb.eu-west-1.amazonaws.com'
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.PutItem',
  }
  const call = { method: 'POST', url: `https://${host}/`, headers, body: thing }
  const smithy = new SignatureV4({ credentials: keys, ...place, sha256: Sha256 })
  const cache = new Map()
  return {
    'latchkey aws-sigv4': signing(awsSigV4(place), keys, call),
    aws4: () =>
      aws4.sign({ host, path: '/', method: 'POST', headers: { ...headers }, body: thing, ...place }, keys)
        .headers.Authorization,
    '@smithy/signature-v4': async () => {
      const request = {
        method: 'POST',
        protocol: 'https:',
        hostname: host,
        path: '/',
        query: {},
        body: thing,
      }
      return (await smithy.sign({ ...request, headers: { ...headers, host } })).headers.authorization
    },
    aws4fetch: async () => authorization(await new AwsV4Signer({ ...keys, ...place, ...call, cache }).sign()),
  }
}

const oauth = () => {
  const consumer = { key: 'dpf43f3p2l4k3l03', secret: 'kd94hf93k423kf44' }
  const token = { key: 'nnch734d00sl2jdk', secret: 'pfkkdhi9sl3r4s00' }
  const call = { method: 'GET', url: 'https://photos.example.net/photos?file=vacation.jpg&size=original' }
  const peer = new OAuth({
    consumer,
    signature_method: 'HMAC-SHA1',
    hash_function: (base, key) => createHmac('sha1', key).update(base).digest('base64'),
  })
  const settings = {
    consumerKey: consumer.key,
    consumerSecret: consumer.secret,
    token: token.key,
    tokenSecret: token.secret,
  }
  return {
    'latchkey oauth1': signing(oauth1(), settings, call),
    'oauth-1.0a': () => peer.toHeader(peer.authorize(call, token)).Authorization,
  }
}

const hs256 = async () => {
  const secret = 'a-secret-of-at-least-32-characters'
  const bytes = new TextEncoder().encode(secret)
  // Each peer gets the key in the form in which it is quickest: a text costs jsonwebtoken ten times as much.
  const hash = { name: 'HMAC', hash: 'SHA-256' }
  const webKey = await crypto.subtle.importKey('raw', bytes, hash, false, ['sign'])
  const nodeKey = createSecretKey(bytes)
  const call = { method: 'GET', url: 'https://api.example.com/things' }
  const claims = { iss: 'acme', aud: 'https://api.example.com', scope: ['read', 'write'] }
  const ours = (options) => jwt({ algorithm: 'HS256', claims, lifetimeMs: 300_000, ...options })
  const fast = createSigner({ key: secret, algorithm: 'HS256', expiresIn: 300_000 })
  const bearer = (token) => `Bearer ${token}`
  return {
    'latchkey jwt, one for each': signing(ours({ perRequest: true }), { secret }, call),
    'latchkey jwt, kept': signing(ours(), { secret }, call),
    'fast-jwt': () => bearer(fast({ ...claims })),
    jose: async () =>
      bearer(
        await new SignJWT({ ...claims })
          .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
          .setIssuedAt()
          .setExpirationTime('5 minutes')
          .sign(webKey),
      ),
    jsonwebtoken: () =>
      bearer(jsonwebtoken.sign({ ...claims }, nodeKey, { algorithm: 'HS256', expiresIn: 300 })),
  }
}

/** Who signs one request of each scheme, ours first. Each resolves with the value of its Authorization header. */
export const signers = async () => ({
  'SigV4, a POST': sigV4(),
  'OAuth 1, HMAC-SHA1': oauth(),
  'JWT, HS256': await hs256(),
})

const shapes = {
  'SigV4, a POST': /^AWS4-HMAC-SHA256 Credential=\S+ SignedHeaders=\S+ Signature=[0-9a-f]{64}$/,
  'OAuth 1, HMAC-SHA1': /^OAuth .*oauth_signature="[^"]+"/,
  'JWT, HS256': /^Bearer [\w-]+\.[\w-]+\.[\w-]{43}$/,
}

/** Throws where somebody does not sign. */
export const checkSigners = async (all) => {
  for (const [scheme, tasks] of Object.entries(all))
    for (const [name, sign] of Object.entries(tasks)) {
      const value = await sign()
      if (!shapes[scheme].test(value.replaceAll(', ', ' ')))
        throw new Error(`${name} does not sign: ${value}`)
    }
}
