import type { Field, Fields, Strategy } from '@latchkey/core'
import type { About } from './about.ts'
import { delegate, type DelegateOptions } from './delegate.ts'
import { relayed, type HeldTicket, type RelayedOptions, type TicketFields } from './relayed.ts'

/** No field at all. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- there is nothing in it
export type NoFields = Readonly<Record<never, Field>>

/**
 * Credentials that belong to somebody else: those of another connection, which signs (`through`), or those behind a relay,
 * which signs and sends on (`relay`).
 * @throws {TypeError} that names an option that cannot work
 */
export function proxy<const F extends Fields = NoFields>(
  options: { readonly fields?: F } & DelegateOptions<NoInfer<F>>,
): Strategy<F, undefined>
export function proxy<const F extends Fields = NoFields>(
  options: { readonly fields?: F } & RelayedOptions<NoInfer<F>>,
): Strategy<F, HeldTicket>
export function proxy(
  options: About<{ readonly ticket: string }> & { readonly relay: string; readonly ticket?: undefined },
): Strategy<TicketFields, undefined>
export function proxy(options: object): unknown {
  const { through, relay } = options as { readonly through?: unknown; readonly relay?: unknown }
  if ((through === undefined) === (relay === undefined))
    throw new TypeError('proxy: give either through or relay')
  return relay === undefined
    ? delegate(options as DelegateOptions<Fields>)
    : relayed(options as RelayedOptions<Fields>)
}
