import { AuthError, type AuthContext, type AuthStrategy, type Fields, type SettingsOf } from '@latchkey/core'
import { checkOrigin, expiryOfJwt, headerValue } from '@latchkey/core/http'
import { scheme, type About } from './about.ts'
import { refusalHeader, targetHeader } from './headers.ts'

/** The form where a person is given a ticket. */
export type TicketFields = {
  readonly ticket: { readonly type: 'password'; readonly label: string; readonly required: true }
}

/** What is stored where tickets are asked for. */
export interface HeldTicket {
  readonly ticket: string
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined
}

export interface RelayedOptions<F extends Fields> extends About<SettingsOf<F>> {
  /** Where the relay is mounted: https, or http on a loopback address. */
  readonly relay: string
  /** Asks whoever issues tickets for one; called again before it ends. Without it, the form asks for a ticket. */
  readonly ticket: (c: AuthContext<SettingsOf<F>>) => string | Promise<string>
  /** What `ticket` needs to know; default: nothing. */
  readonly fields?: F
}

const ticketField: TicketFields = { ticket: { type: 'password', label: 'Ticket', required: true } }

type Ticketed = Omit<RelayedOptions<Fields>, 'ticket'> & Partial<Pick<RelayedOptions<Fields>, 'ticket'>>

/** A strategy that sends each request by way of a relay. */
export function relayed(options: Ticketed): AuthStrategy {
  const { relay, ticket, fields, ...about } = options
  const { href, origin } = addressOf(relay)
  return {
    ...about,
    scheme,
    fields: ticket ? (fields ?? {}) : ticketField,
    origins: [origin],
    ...(ticket && {
      async acquire(c: AuthContext<SettingsOf<Fields>>): Promise<HeldTicket> {
        const text: unknown = await ticket(c)
        if (typeof text !== 'string' || text === '')
          throw new AuthError('response_invalid', 'proxy: ticket() returned no text', { scheme })
        return { ticket: text, expiresAt: expiryOfJwt(text) }
      },
    }),
    apply({ url, headers }, { settings, credentials }) {
      const held = credentials as HeldTicket | undefined
      const text = held?.ticket ?? (settings as { readonly ticket: string }).ticket
      headers.set('authorization', `Bearer ${headerValue(text, 'ticket')}`)
      url.hash = ''
      headers.set(targetHeader, url.href)
      url.href = href
    },
    // What the API says of its own credentials is the relay's affair, and already dealt with.
    inspect({ status, headers }) {
      if (status !== 401 || !headers.has(refusalHeader)) return undefined
      return ticket ? 'renew' : 'reconnect'
    },
  }
}

function addressOf(relay: string): URL {
  const url = URL.canParse(relay) ? new URL(relay) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.hash)
    throw new TypeError('proxy: relay must be a URL such as https://relay.example.com/latchkey')
  checkOrigin(url.origin, 'proxy: relay')
  return url
}
