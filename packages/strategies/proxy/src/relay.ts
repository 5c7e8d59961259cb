import { systemNow, type Connection } from '@latchkey/core'
import { forwarded, returned, targetHeader } from './headers.ts'
import { failed, refusal } from './refusal.ts'
import { allows, checkKey, readTicket, type Ticket, type TicketKey } from './ticket.ts'

export interface RelayOptions {
  /** Signs tickets; of several the first is in use, and the others stay valid until their tickets have ended. */
  readonly key: TicketKey | readonly [TicketKey, ...TicketKey[]]
  /** The relay's own name: tickets for other relays are refused. */
  readonly audience: string
  /** Finds the connection of a ticket: `(name) => accounts.get(name)`. */
  readonly open: (connection: string, ticket: Ticket) => Connection | Promise<Connection>
  /** Bodies up to this size are kept, so that they can be sent again after a renewal; longer ones, and those of unknown length, are streamed. In bytes; default 1,048,576. */
  readonly keptBytes?: number
  /** How long before its end a ticket may be seen, in milliseconds; default 3,600,000. */
  readonly longestMs?: number
  /** By how much the clock of whoever issues tickets may differ, in milliseconds; default 5,000. */
  readonly toleranceMs?: number
  /** Epoch milliseconds; default: the system's clock. */
  readonly now?: () => number
}

/** Statuses without a body. Fetch Standard, null body status. */
const bodiless = new Set([204, 205, 304])

/**
 * Sends on requests whose ticket allows it, signed by a connection whose credentials the caller never holds; mount it at
 * any one address. Answers 401 and 403 to tickets that do not allow a request, of which nothing is sent on then.
 * Redirects are the caller's to follow.
 * @throws {TypeError} that names an option that cannot work
 */
export function relay(options: RelayOptions): (request: Request) => Promise<Response> {
  const { audience, open, keptBytes = 1_048_576, now = systemNow } = options
  const { longestMs = 3_600_000, toleranceMs = 5_000 } = options
  const keys = [options.key].flat() as readonly TicketKey[]
  if (keys.length === 0) throw new TypeError('relay: key must not be empty')
  for (const key of keys) checkKey(key, 'relay')
  if (typeof audience !== 'string' || audience === '') throw new TypeError('relay: audience must be a text')

  const admit = async (request: Request): Promise<{ ticket: Ticket; target: URL } | Response> => {
    const [, text] = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (text === undefined) return refusal(401, 'ticket_missing')
    const ticket = await readTicket(text, { keys, audience, now: now(), toleranceMs, longestMs })
    if (typeof ticket === 'string') return refusal(401, ticket)
    const target = targetOf(request.headers.get(targetHeader))
    if (target === undefined) return refusal(400, 'target_invalid')
    return allows(ticket, request.method, target) ? { ticket, target } : refusal(403, 'ticket_scope')
  }

  return async (request) => {
    const admitted = await admit(request)
    if (admitted instanceof Response) return admitted
    const { ticket, target } = admitted
    let connection: Connection
    try {
      connection = await open(ticket.connection, ticket)
    } catch (error) {
      return failed(error, true)
    }
    try {
      const { method, signal } = request
      const isWhole = Number(request.headers.get('content-length') ?? Infinity) <= keptBytes
      const body = request.body && (isWhole ? await request.arrayBuffer() : request.body)
      const headers = forwarded(request.headers, isWhole || body === null)
      const response = await connection.fetch(target.href, {
        method,
        headers,
        body,
        signal,
        redirect: 'manual',
      })
      return new Response(bodiless.has(response.status) ? null : response.body, {
        status: response.status,
        statusText: /^[\t -~]*$/.test(response.statusText)
          ? connection.redact(response.statusText).replaceAll('•', '*')
          : '',
        headers: returned(response, target, (text) => connection.redact(text)),
      })
    } catch (error) {
      return failed(error, false)
    }
  }
}

/** The address that a request is for: absolute, http or https, without a user. */
function targetOf(text: string | null): URL | undefined {
  if (text === null || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  url.hash = ''
  return url.username === '' && url.password === '' ? url : undefined
}
