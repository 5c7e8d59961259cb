import { AuthError } from '@latchkey/core'
import type { AuthStrategy, Field, Fields, OutgoingRequest, Strategy } from '@latchkey/core'
import {
  digest,
  hmac,
  signBytes,
  signingKey,
  type JwsAlgorithm,
  type SigningKey,
} from '@latchkey/core/crypto'
import { base64Encode, base64urlEncode, exactBody, learnClock, serverNow, utf8 } from '@latchkey/core/http'
import { decode, type SecretEncoding } from './formats.ts'
import {
  checkOptions,
  keyed,
  type KeyId,
  type PrivateFields,
  type PrivateOptions,
  type SharedFields,
  type SharedOptions,
} from './http-signature-options.ts'
import { parseComponent, signatureBase } from './signature-base.ts'

const scheme = 'http-signature'

const keyId: KeyId = {
  type: 'string',
  label: 'Key ID',
  required: true,
  public: true,
  pattern: '[\\x20-\\x7e]+',
}

/**
 * HTTP Message Signatures. RFC 9421; `Content-Digest` as in RFC 9530.
 * @throws {TypeError} that names an option that cannot work
 */
export function httpSignature(options: SharedOptions): Strategy<SharedFields, undefined>
export function httpSignature(options: PrivateOptions): Strategy<PrivateFields, undefined>
export function httpSignature(options: SharedOptions | PrivateOptions): unknown {
  const { algorithm, components = defaults, label = 'sig1', expiresIn, tag, toleratedMs = 25_000 } = options
  const { title, description, helpUrl, schema, baseUrl, origins, test } = options
  checkOptions(options)
  const covered = components.map(parseComponent)
  const covers = (name: string): boolean => covered.some((component) => component.name === name)
  const shared = algorithm === 'hmac-sha256'
  const said = { title, description, helpUrl, schema, baseUrl, origins, test }
  const fields: Readonly<Record<string, Field>> = shared
    ? { keyId, secret: { type: 'password', label: 'Secret', required: true } }
    : { keyId, privateKey: { type: 'password', label: 'Private key', required: true, multiline: true } }
  const strategy: AuthStrategy<Readonly<Record<string, string | undefined>>, undefined> = {
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    scheme,
    fields: fields satisfies Fields,
    async apply(request, c) {
      const { headers } = request
      headers.delete('signature')
      headers.delete('signature-input')
      const now = serverNow(c)
      if (covers('date') && !headers.has('date')) headers.set('date', new Date(now).toUTCString())
      await describeBody(request, options.digest ?? 'sha-256', covers)
      const created = Math.floor(now / 1000)
      const { base, input } = signatureBase(
        covered,
        request,
        {
          created,
          expires: expiresIn === undefined ? undefined : created + expiresIn,
          keyid: given(c.settings, 'keyId'),
          alg: options.alg ? algorithm : undefined,
          nonce: options.nonce ? base64urlEncode(c.random(16)) : undefined,
          tag,
        },
        (name) => name.startsWith('content-'),
      )
      const signature = shared
        ? await hmac('SHA-256', secretOf(c.settings, options), base)
        : await signBytes(
            await keyFor(given(c.settings, 'privateKey'), keyed[algorithm], c.memory),
            utf8(base),
          )
      headers.set('signature-input', `${label}=${input}`)
      headers.set('signature', `${label}=:${base64Encode(signature)}:`)
    },
    inspect: (response, c) => (learnClock(response, c, toleratedMs) ? 'retry' : undefined),
  }
  return strategy
}

const defaults = ['@method', '@target-uri', 'content-type', 'content-digest'] as const

/** Sets what is to be signed of the body. RFC 9530 section 2. */
async function describeBody(
  request: OutgoingRequest,
  algorithm: 'sha-256' | 'sha-512',
  covers: (name: string) => boolean,
): Promise<void> {
  if (request.body === null || !(covers('content-digest') || covers('content-length'))) return
  const body = await exactBody(request)
  const bytes = typeof body === 'string' ? utf8(body) : body
  if (covers('content-length')) request.headers.set('content-length', String(bytes.length))
  if (!covers('content-digest')) return
  const hash = await digest(algorithm === 'sha-256' ? 'SHA-256' : 'SHA-512', bytes)
  request.headers.set('content-digest', `${algorithm}=:${base64Encode(hash)}:`)
}

function given(settings: Readonly<Record<string, string | undefined>>, field: string): string {
  const value = settings[field] ?? ''
  if (value === '' || (field === 'keyId' && !/^[\x20-\x7e]+$/.test(value))) {
    const problem = value === '' ? 'is empty' : 'has a character that cannot be sent'
    throw new AuthError('settings_invalid', `Field "${field}" ${problem}`, { scheme, field })
  }
  return value
}

function secretOf(
  settings: Readonly<Record<string, string | undefined>>,
  { secretEncoding = 'text' }: { readonly secretEncoding?: SecretEncoding },
): Uint8Array {
  const secret = decode(given(settings, 'secret'), secretEncoding)
  if (secret !== undefined) return secret
  throw new AuthError('settings_invalid', `Field "secret" is not ${secretEncoding}`, {
    scheme,
    field: 'secret',
  })
}

/** A key is read once for each text. */
async function keyFor(text: string, alg: JwsAlgorithm, memory: Map<string, unknown>): Promise<SigningKey> {
  const known = memory.get(scheme) as { readonly text: string; readonly key: SigningKey } | undefined
  if (known?.text === text) return known.key
  const key = await signingKey(text, { alg })
  memory.set(scheme, { text, key })
  return key
}
