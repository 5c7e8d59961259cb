import { loadConnector } from '../connector/load.ts'
import { sourceOf, type SourceFlags } from '../connector/source.ts'
import type { ConsentFlags } from '../consent/consent.ts'
import { exit } from '../output/failure.ts'
import { accountText, prove, signIn } from '../prove.ts'
import type { CommonFlags, Session } from '../session.ts'
import { collect } from '../values/collect.ts'
import type { ValueFlags } from '../values/given.ts'
import { summaryOf } from './connect.ts'
import { send, type RequestFlags } from './request.ts'

export interface TryFlags
  extends CommonFlags, ValueFlags, ConsentFlags, SourceFlags, Omit<RequestFlags, 'request' | 'jsonData'> {
  /** The URL of a request to make. */
  readonly request?: string | undefined
  readonly method?: string | undefined
}

/** `latchkey try`: signs in, proves the connection and makes a request, all in memory; keeps nothing. */
export async function tryCommand(session: Session, spec: string, flags: TryFlags): Promise<number> {
  const { terminal } = session
  const { request: url, method, ...rest } = flags
  const loaded = await loadConnector(terminal, sourceOf(spec, terminal.cwd, flags))
  const { connector } = loaded
  const given = await collect(terminal, connector, flags, loaded.definition?.imported)
  session.advise({ reconnect: 'You must give values that the provider accepts.' })
  const signed = await signIn(session, connector, given, flags)
  try {
    const proven = await prove(connector, signed)
    const works = proven.tested ? 'works' : 'was not proven: it has no test'
    const line = `${connector.key} ${works}${accountText(proven.account)}. Nothing was kept.\n`
    if (url === undefined) {
      await session.say(line)
      await session.tell(summaryOf(connector.key, loaded, proven))
      return exit.ok
    }
    // Standard output is for the body of the response.
    session.warn(session.json ? '' : line)
    const { connection, collected } = proven
    return await send(
      session,
      { connection, connector, leaf: collected.leaf, settings: collected.all },
      url,
      { ...rest, request: method },
    )
  } finally {
    await signed.connection.close()
  }
}
