import { systemNow } from '@latchkey/core'
import { checkKey, signTicket, type Scope, type TicketKey } from './ticket.ts'

export interface TicketOptions extends Scope {
  /** The relay's key, or the first of its keys. */
  readonly key: TicketKey
  /** The relay's own name, as its option `audience` says it. */
  readonly audience: string
  /** How long it can be used, in milliseconds; default 300,000. */
  readonly lifetimeMs?: number
  /** Whom it is for, to be found again in the relay's log. */
  readonly subject?: string
  /** Epoch milliseconds; default: the system's clock. */
  readonly now?: () => number
}

/**
 * A ticket for one connection at a relay: for a while, and for nothing but these methods and paths.
 * @throws {TypeError} that names an option that cannot work
 */
export async function ticketFor(options: TicketOptions): Promise<string> {
  const {
    key,
    audience,
    connection,
    methods,
    paths,
    lifetimeMs = 300_000,
    subject,
    now = systemNow,
  } = options
  checkKey(key, 'ticketFor')
  if (audience === '' || connection === '')
    throw new TypeError('ticketFor: audience and connection must not be empty')
  if (!(lifetimeMs > 0)) throw new TypeError('ticketFor: lifetimeMs must be more than 0')
  for (const path of paths ?? []) {
    if (!/^\/[^*?#]*\*?$/.test(path))
      throw new TypeError(`ticketFor: the path ${path} must begin with a slash, and a star can only end it`)
  }
  const issuedAt = Math.floor(now() / 1_000)
  return await signTicket(key, {
    aud: audience,
    iat: issuedAt,
    exp: issuedAt + Math.ceil(lifetimeMs / 1_000),
    ...(subject !== undefined && { sub: subject }),
    connection,
    ...(methods && { methods: methods.map((method) => method.toUpperCase()) }),
    ...(paths && { paths }),
  })
}
