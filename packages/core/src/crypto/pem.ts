import { AuthError } from '../errors.ts'
import { base64Decode } from '../http/encoding.ts'
import { der, derAt } from './der.ts'

/** Object identifiers of private keys, in DER. RFC 3279 section 2.3, RFC 5480 section 2.1.1, RFC 8410 section 3. */
const oids = {
  rsa: '06092a864886f70d010101',
  ec: '06072a8648ce3d0201',
  'P-256': '06082a8648ce3d030107',
  'P-384': '06052b81040022',
  'P-521': '06052b81040023',
  Ed25519: '06032b6570',
} as const

/** A private key in PKCS#8, and what it is for. */
export interface Pkcs8 {
  readonly kind: 'RSA' | 'P-256' | 'P-384' | 'P-521' | 'Ed25519'
  readonly bytes: Uint8Array<ArrayBuffer>
}

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * A private key out of PEM: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC). Line breaks may be lost, or be written as `\n`, which is
 * what a JSON file or an environment variable makes of them. `what` names the field.
 * @throws {AuthError} settings_invalid that says what it is instead, never with the key
 */
export function parsePem(text: string, what: string): Pkcs8 {
  const refuse = (problem: string): never => {
    throw new AuthError('settings_invalid', `${what} ${problem}.`, { field: what })
  }
  const { label, body } = blockOf(text)
  if (label === 'ENCRYPTED PRIVATE KEY' || /ENCRYPTED/.test(body))
    return refuse('is protected by a passphrase; give the key without one')
  if (/PUBLIC KEY|CERTIFICATE/.test(label)) return refuse('is the public half; give the private key')
  if (label === 'OPENSSH PRIVATE KEY')
    return refuse('is in the format of OpenSSH; convert it with ssh-keygen -p -m PKCS8')
  const bytes = base64Decode(body.replace(/\s+/g, ''))
  if (!/^(?:RSA |EC )?PRIVATE KEY$/.test(label) || bytes === undefined || bytes.byteLength === 0)
    return refuse('is not a private key in PEM, from -----BEGIN to -----END')
  const wrapped =
    label === 'RSA PRIVATE KEY' ? fromPkcs1(bytes) : label === 'EC PRIVATE KEY' ? fromSec1(bytes) : bytes
  const kind = wrapped && kindOf(wrapped)
  return kind === undefined
    ? refuse('holds a kind of key that is not supported')
    : { kind, bytes: wrapped as Pkcs8['bytes'] }
}

/** Whether a private key in PEM can be read with a passphrase only. RFC 5958 section 3, RFC 1421 section 4.6.1.1. */
export function isProtected(pem: string): boolean {
  const { label, body } = blockOf(pem)
  return label === 'ENCRYPTED PRIVATE KEY' || /Proc-Type:\s*4,ENCRYPTED/.test(body)
}

/** A key in PEM with line breaks where RFC 7468 section 2 wants them. */
export function pemText(pem: string): string {
  const { label, body } = blockOf(pem)
  const [head = '', info] = /^\s*Proc-Type:\s*4,ENCRYPTED\s+DEK-Info:\s*(\S+)/.exec(body) ?? []
  const lines =
    body
      .slice(head.length)
      .replace(/\s+/g, '')
      .match(/.{1,64}/g) ?? []
  const protection = info === undefined ? [] : ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${info}`, '']
  return [`-----BEGIN ${label}-----`, ...protection, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** The first private key, else the first block: OpenSSL writes the parameters of a curve before its keys. */
function blockOf(text: string): { readonly label: string; readonly body: string } {
  const plain = text.replaceAll('\\n', '\n').replaceAll('\\r', '')
  const blocks = Array.from(
    plain.matchAll(/-----BEGIN ([A-Z\d ]+)-----(.*?)-----END \1-----/gs),
    ([, label = '', body = '']) => ({ label, body }),
  )
  return blocks.find(({ label }) => label.endsWith('PRIVATE KEY')) ?? blocks[0] ?? { label: '', body: '' }
}

const zero = der(2, Uint8Array.of(0))

/** RFC 5208 section 5 around RFC 8017 appendix A.1.2. */
function fromPkcs1(key: Uint8Array): Uint8Array<ArrayBuffer> {
  return der(0x30, zero, der(0x30, bytesOf(oids.rsa), Uint8Array.of(5, 0)), der(4, key))
}

/** RFC 5208 section 5 around RFC 5915 section 3, whose parameters name the curve. */
function fromSec1(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const hex = hexOf(key)
  const curve = [oids['P-256'], oids['P-384'], oids['P-521']].find((oid) => hex.includes(oid))
  return curve && der(0x30, zero, der(0x30, bytesOf(oids.ec), bytesOf(curve)), der(4, key))
}

function kindOf(pkcs8: Uint8Array): Pkcs8['kind'] | undefined {
  const sequence = derAt(pkcs8, 0)?.content
  const version = sequence && derAt(sequence, 0)
  const algorithm = version && derAt(sequence, version.end)
  if (algorithm === undefined) return undefined
  const hex = hexOf(algorithm.content)
  if (hex.startsWith(oids.rsa)) return 'RSA'
  const curves = ['P-256', 'P-384', 'P-521'] as const
  if (hex.startsWith(oids.ec)) return curves.find((curve) => hex.endsWith(oids[curve]))
  return hex.startsWith(oids.Ed25519) ? 'Ed25519' : undefined
}
