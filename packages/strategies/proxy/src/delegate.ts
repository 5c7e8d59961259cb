import {
  type AuthStrategy,
  type Connection,
  type Fields,
  type SettingsOf,
  type Strategy,
} from '@latchkey/core'
import { checkOrigin } from '@latchkey/core/http'
import { scheme, type About } from './about.ts'

type Context<F extends Fields> = Parameters<AuthStrategy<SettingsOf<F>, undefined>['apply']>[1]

export interface DelegateOptions<F extends Fields> extends About<SettingsOf<F>> {
  /** Opens the other connection, once for as long as this one lives: `() => accounts.get('shared')`. */
  readonly through: (settings: SettingsOf<F>) => Connection | Promise<Connection>
  /** The form, where the settings say which connection it is; default: no field. */
  readonly fields?: F
  /** Origins that may see the other connection's credentials besides its own: exact, or `https://*.example.com`. */
  readonly widen?: readonly string[]
}

const slot = 'through'

/** A strategy whose verbs are another connection's. */
export function delegate<F extends Fields>(options: DelegateOptions<F>): Strategy<F, undefined> {
  const { through, fields, widen = [], ...about } = options
  const origins = widen.map((origin) => checkOrigin(origin, 'proxy: widen'))

  /** One opening for all requests; one that failed is not kept. */
  const opened = ({ memory, settings }: Pick<Context<F>, 'memory' | 'settings'>): Promise<Connection> => {
    const known = memory.get(slot) as Promise<Connection> | undefined
    if (known) return known
    const opening = (async () => through(settings))()
    memory.set(slot, opening)
    opening.then(
      (connection) => memory.set(connectionSlot, connection),
      () => memory.delete(slot),
    )
    return opening
  }

  const strategy: AuthStrategy<SettingsOf<F>, undefined> = {
    async test(c) {
      return (await opened(c)).test({ signal: c.signal })
    },
    ...about,
    scheme,
    fields: fields ?? {},
    async apply(request, c) {
      await (await opened(c)).apply(request, { origins })
    },
    // The other connection has learnt or renewed by itself; here nothing is left but to sign once more.
    inspect: async (response, c) =>
      (await (await opened(c)).inspect(response, c.request)) ? 'retry' : undefined,
    redact: (text, { memory }) =>
      (memory.get(connectionSlot) as Connection | undefined)?.redact(text) ?? text,
  }
  return strategy as AuthStrategy as Strategy<F, undefined>
}

/** Where the connection itself is found once it is open. */
const connectionSlot = 'connection'
