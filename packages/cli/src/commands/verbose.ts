import type { AuthStrategy, Connection, Connector } from '@latchkey/core'
import { renderUrl } from '@latchkey/core/http'
import { printable } from '../output/table.ts'
import type { Values } from '../values/form.ts'

const mask = '•••'
const telling = /auth|cookie|key|password|secret|session|signature|token/i

/** The request of a caller, with its headers; the body as text. */
export interface OwnRequest {
  readonly method: string
  readonly headers: Headers
  readonly body?: string
}

/**
 * The request as `-v` shows it: what the strategy put on it, and headers whose name tells of a secret, are there with
 * their names and without their values. Signs a request that is not sent.
 */
export async function requestLines(connection: Connection, url: string, own: OwnRequest): Promise<string[]> {
  const signed = await connection.apply(new Request(url, own))
  const [from, to] = [new URL(url), new URL(signed.url)]
  const query = [...to.searchParams].map(([name, value]) => {
    const isOwn = from.searchParams.getAll(name).includes(value) && !telling.test(name)
    return `${name}=${isOwn ? value : mask}`
  })
  const headers = [...signed.headers].map(([name, value]) => {
    const isOwn = own.headers.get(name) === value && !telling.test(name)
    return `${name}: ${isOwn ? value : mask}`
  })
  const path = to.pathname === from.pathname ? to.pathname : `/${mask}`
  const body = (await signed.text()) === (own.body ?? '') ? [] : [`[the body carries ${mask}]`]
  const lines = [
    `${signed.method} ${path}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    `host: ${to.host}`,
    ...headers,
    ...body,
  ]
  return lines.map((line) => printable(`> ${line}`))
}

/** Status and headers of a response; those whose name tells of a secret without their values. */
export function responseLines({ status, statusText, headers }: Response, before: string): string[] {
  const lines = [...headers].map(([name, value]) => `${name}: ${telling.test(name) ? mask : value}`)
  return [`${status} ${statusText}`.trim(), ...lines].map((line) => printable(before + line))
}

/** A connection, and what its base URL depends on. */
export interface Ready {
  readonly connection: Connection
  readonly connector: Connector
  readonly leaf: AuthStrategy
  readonly settings: Values
}

/** The whole URL that a request of this connection goes to; what is relative stands below the base URL. */
export async function wholeUrl(
  { connection, connector, leaf, settings }: Ready,
  url: string,
): Promise<string | undefined> {
  if (URL.canParse(url)) return url
  const base = leaf.baseUrl ?? connector.baseUrl
  const credentials = (await connection.credentials()) as Values | undefined
  const from =
    typeof base === 'function' ? await base({ settings, credentials }) : base && renderUrl(base, settings)
  const whole = from === undefined ? url : `${from.replace(/\/$/, '')}/${url.replace(/^\//, '')}`
  return URL.canParse(whole) ? whole : undefined
}
