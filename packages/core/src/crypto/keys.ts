import { AuthError } from '../errors.ts'
import { base64urlEncode, utf8 } from '../http/encoding.ts'
import { systemSubtle } from '../world/crypto.ts'
import { unsupported } from './native.ts'
import { parsePem } from './pem.ts'

/** The algorithms of RFC 7518 section 3.1 and RFC 8037, by `alg`. */
export type JwsAlgorithm = `${'HS' | 'RS' | 'PS'}${256 | 384 | 512}` | 'ES256' | 'ES384' | 'ES512' | 'EdDSA'

/** A key that is ready to sign. */
export interface SigningKey {
  readonly key: CryptoKey
  readonly alg: JwsAlgorithm
  /** As the JWK names it. */
  readonly kid?: string | undefined
}

/** What there is to know before a key is imported. */
export interface KeyHints {
  /** What errors call the key; default `privateKey`. */
  readonly field?: string | undefined
  /** Default: the JWK's own, else RS256, ES256/384/512 or EdDSA by the kind of the key. */
  readonly alg?: string | undefined
}

const curveOf: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
const byCurve: Readonly<Record<string, JwsAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
}

/** What WebCrypto calls an algorithm, for import and for signing. RFC 7518 section 3.1, RFC 8037 section 3.1. */
export function webAlgorithm(
  alg: JwsAlgorithm,
): RsaHashedImportParams & EcKeyImportParams & EcdsaParams & RsaPssParams {
  const bits = alg.slice(2)
  const hash = `SHA-${bits}`
  const name = alg.startsWith('RS')
    ? 'RSASSA-PKCS1-v1_5'
    : alg.startsWith('PS')
      ? 'RSA-PSS'
      : alg.startsWith('HS')
        ? 'HMAC'
        : alg === 'EdDSA'
          ? 'Ed25519'
          : 'ECDSA'
  return { name, hash, namedCurve: curveOf[alg] ?? '', saltLength: Number(bits) / 8 }
}

/**
 * A private key for signatures, out of PEM or a JWK (as JSON text or an object).
 * @throws {AuthError} settings_invalid naming the field, never with the key
 */
export async function signingKey(given: string | JsonWebKey, hints: KeyHints = {}): Promise<SigningKey> {
  const what = hints.field ?? 'privateKey'
  const jwk = typeof given === 'object' ? given : jwkOf(given)
  const pem = jwk === undefined ? parsePem(given as string, what) : undefined
  const kind = pem?.kind ?? (jwk?.kty === 'RSA' ? 'RSA' : jwk?.crv)
  const alg = (hints.alg ?? jwk?.alg ?? (kind === 'RSA' ? 'RS256' : byCurve[kind ?? ''])) as
    JwsAlgorithm | undefined
  const fits =
    kind === 'RSA'
      ? /^[RP]S(?:256|384|512)$/.test(alg ?? '')
      : alg !== undefined && byCurve[kind ?? ''] === alg
  if (alg === undefined || !fits)
    throw unfit(what, `does not fit the algorithm ${alg ?? 'that was asked for'}`)
  try {
    const subtle = systemSubtle()
    const parameters = webAlgorithm(alg)
    const key = pem
      ? await subtle.importKey('pkcs8', pem.bytes, parameters, false, ['sign'])
      : await subtle.importKey('jwk', bare(jwk as JsonWebKey), parameters, false, ['sign'])
    const kid = (jwk as { readonly kid?: unknown } | undefined)?.kid
    return { key, alg, kid: typeof kid === 'string' ? kid : undefined }
  } catch (error) {
    if ((error as Error).name === 'NotSupportedError') throw unsupported(what, `sign with ${alg}`)
    // The runtime's message may quote the key.
    throw unfit(what, 'is not a private key that can sign')
  }
}

/** A shared secret for HMAC signatures. @throws {AuthError} settings_invalid where it is empty */
export async function secretKey(
  secret: string | Uint8Array<ArrayBuffer>,
  alg: JwsAlgorithm,
): Promise<SigningKey> {
  const bytes = typeof secret === 'string' ? utf8(secret) : secret
  if (bytes.byteLength === 0) throw unfit('secret', 'is empty')
  return { key: await systemSubtle().importKey('raw', bytes, webAlgorithm(alg), false, ['sign']), alg }
}

/** A new pair for ES256 as a private JWK, for what is stored with credentials. */
export async function generateJwk(): Promise<JsonWebKey> {
  const pair = await systemSubtle().generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])
  const { kty, x, y, crv, d } = await systemSubtle().exportKey('jwk', pair.privateKey)
  return { kty, x, y, crv, d } as JsonWebKey
}

/** The SHA-256 thumbprint of a key in base64url. RFC 7638 section 3. */
export async function thumbprint({ kty, crv, x, y, e, n }: JsonWebKey): Promise<string> {
  const members = kty === 'RSA' ? { e, kty, n } : kty === 'OKP' ? { crv, kty, x } : { crv, kty, x, y }
  return base64urlEncode(await sha256(JSON.stringify(members)))
}

/** SHA-256 of bytes, or of a text in UTF-8. */
export async function sha256(input: string | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await systemSubtle().digest('SHA-256', typeof input === 'string' ? utf8(input) : input),
  )
}

function jwkOf(text: string): JsonWebKey | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(text) as JsonWebKey
  } catch {
    return {}
  }
}

/** WebCrypto refuses keys that say that they are for something else than the call. */
function bare({ kty, crv, x, y, d, e, n, p, q, dp, dq, qi }: JsonWebKey): JsonWebKey {
  return JSON.parse(JSON.stringify({ kty, crv, x, y, d, e, n, p, q, dp, dq, qi })) as JsonWebKey
}

const unfit = (field: string, problem: string): AuthError =>
  new AuthError('settings_invalid', `${field} ${problem}.`, { field })
