import { base64urlDecode, base64urlEncode, utf8 } from '@latchkey/core/http'
import { hmac, jwtClaims, sameText } from '@latchkey/core/crypto'
import type { Json } from '@latchkey/core'

/** What a ticket allows its bearer. */
export interface Scope {
  /** The connection's name, as the relay's `open` takes it. */
  readonly connection: string
  /** Methods in upper case; default: all. */
  readonly methods?: readonly string[] | undefined
  /** Exact paths (`/v1/me`), or beginnings that end in a star (`/v1/orders/*`); default: all. */
  readonly paths?: readonly string[] | undefined
}

/** A ticket that has been checked. */
export interface Ticket extends Scope {
  /** Epoch milliseconds. */
  readonly expiresAt: number
  /** Who asked for it, as its issuer names them. */
  readonly subject?: string | undefined
}

/** At least 32 bytes, random; a text stands for its UTF-8 bytes. */
export type TicketKey = string | Uint8Array<ArrayBuffer>

/** Why a ticket is not taken. */
export type TicketFault = 'ticket_missing' | 'ticket_invalid' | 'ticket_expired'

// RFC 8725 section 3.11: no other JWT that the same key may have signed is a ticket.
const type = 'latchkey-ticket+jwt'
const header = /* @__PURE__ */ base64urlEncode(`{"alg":"HS256","typ":"${type}"}`)

/**
 * Refuses keys that could be guessed. RFC 7518 section 3.2.
 * @throws {TypeError} that names the option
 */
export function checkKey(key: TicketKey, where: string): void {
  const length = typeof key === 'string' ? utf8(key).length : key.byteLength
  if (length < 32) throw new TypeError(`${where}: the key must have at least 32 bytes`)
}

/** Signs a ticket: a JWT with HS256, so that a service in any language can issue one. RFC 7515, RFC 7519. */
export async function signTicket(
  key: TicketKey,
  claims: Readonly<Record<string, Json | undefined>>,
): Promise<string> {
  const input = `${header}.${base64urlEncode(JSON.stringify(claims))}`
  return `${input}.${base64urlEncode(await hmac('SHA-256', key, input))}`
}

export interface TicketRules {
  /** Any of these may have signed it: the one in use, and those before it while their tickets live. */
  readonly keys: readonly TicketKey[]
  readonly audience: string
  /** Epoch milliseconds. */
  readonly now: number
  /** By how much the issuer's clock may be ahead or behind, in milliseconds. */
  readonly toleranceMs: number
  /** Tickets that end later than this from now are refused, in milliseconds. */
  readonly longestMs: number
}

/** Checks signature, kind, audience and time; what the ticket allows is judged by `allows`. */
export async function readTicket(text: string, rules: TicketRules): Promise<Ticket | TicketFault> {
  const [head = '', payload = '', signature = ''] = text.split('.')
  const input = `${head}.${payload}`
  let signed = false
  // Every key is tried, so that the time does not tell which one fits.
  for (const key of rules.keys) {
    if (sameText(base64urlEncode(await hmac('SHA-256', key, input)), signature)) signed = true
  }
  if (!signed || !isTicketHeader(head)) return 'ticket_invalid'
  // Undefined for anything but three parts.
  const claims = jwtClaims(text)
  if (claims === undefined) return 'ticket_invalid'
  const { aud, exp, nbf, sub, connection, methods, paths } = claims
  if (typeof exp !== 'number' || typeof connection !== 'string') return 'ticket_invalid'
  if (!(Array.isArray(aud) ? aud : [aud]).includes(rules.audience)) return 'ticket_invalid'
  // A scope that is not understood is not a scope that allows everything.
  if (!isTexts(methods) || !isTexts(paths) || !isOptionalNumber(nbf)) return 'ticket_invalid'
  const expiresAt = exp * 1_000
  if (expiresAt + rules.toleranceMs <= rules.now) return 'ticket_expired'
  if (expiresAt - rules.now > rules.longestMs + rules.toleranceMs) return 'ticket_invalid'
  if (nbf !== undefined && nbf * 1_000 - rules.toleranceMs > rules.now) return 'ticket_invalid'
  return { connection, methods, paths, expiresAt, subject: typeof sub === 'string' ? sub : undefined }
}

function isTicketHeader(head: string): boolean {
  if (head === header) return true
  try {
    const members: unknown = JSON.parse(new TextDecoder().decode(base64urlDecode(head)))
    const { alg, typ, crit } = Object(members) as Record<string, unknown>
    return alg === 'HS256' && typ === type && crit === undefined
  } catch {
    return false
  }
}

const isTexts = (value: Json | undefined): value is readonly string[] | undefined =>
  value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'))

const isOptionalNumber = (value: Json | undefined): value is number | undefined =>
  value === undefined || typeof value === 'number'

/** Whether a ticket covers a request. */
export function allows({ methods, paths }: Scope, method: string, { pathname }: URL): boolean {
  if (methods !== undefined && !methods.includes(method)) return false
  if (paths === undefined) return true
  if (climbs(pathname)) return false
  return paths.some((path) =>
    path.endsWith('*') ? pathname.startsWith(path.slice(0, -1)) : pathname === path,
  )
}

/** `/v1/orders/..%2fusers` begins well, and some servers read it as `/v1/users`: a path that climbs once decoded fits no scope. */
function climbs(pathname: string): boolean {
  let path = pathname
  for (let rounds = 0; rounds < 4; rounds++) {
    // RFC 3986 section 3.3: a segment may carry parameters behind a semicolon.
    if (path.split(/[/\\]/).some((segment) => /^\.\.?(?:;|$)/.test(segment))) return true
    path = path.replace(/%(2e|2f|5c|3b|25)/gi, (code) => decodeURIComponent(code))
  }
  return false
}
