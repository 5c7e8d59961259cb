import {
  isAuthError,
  type AuthError,
  type Connection,
  type Connector,
  type StoreDriver,
} from '@latchkey/core'
import { loadConnector, type Loaded } from '../connector/load.ts'
import { sourceOf, type SourceFlags } from '../connector/source.ts'
import type { ConsentFlags } from '../consent/consent.ts'
import { exit, failure, usage } from '../output/failure.ts'
import { reportOf, textOf } from '../output/report.ts'
import { accountText, prove, signIn, type Proven, type Signed } from '../prove.ts'
import { checkName, manage, type CommonFlags, type Session } from '../session.ts'
import { collect, type Collected } from '../values/collect.ts'
import type { ValueFlags } from '../values/given.ts'

export interface ConnectFlags extends CommonFlags, ValueFlags, ConsentFlags, SourceFlags {
  readonly as?: string | undefined
  /** Keeps a connection although it could not be proven. */
  readonly keep?: boolean | undefined
  /** Takes the place of a connection with the same name. */
  readonly replace?: boolean | undefined
}

/** `latchkey connect`: signs in, proves the connection, and keeps it under a name. */
export async function connectCommand(session: Session, spec: string, flags: ConnectFlags): Promise<number> {
  const { terminal } = session
  const loaded = await loadConnector(terminal, sourceOf(spec, terminal.cwd, flags))
  const { connector } = loaded
  const name = checkName(flags.as ?? connector.key)
  if (!flags.replace && (await (await session.store()).read(name)) !== undefined) throw taken(name)
  const given = await collect(terminal, connector, flags, loaded.definition?.imported)
  session.advise({ reconnect: notAccepted, besides: 'Nothing was kept.' })
  const outcome = await attempt(session, connector, given, flags)
  try {
    const { error, proven } = outcome
    if (error !== undefined && !flags.keep) throw error
    await keep(session, loaded, name, proven, flags)
    await session.tell({ ...summaryOf(name, loaded, proven), error: error?.code })
    if (error === undefined) {
      const how = proven.tested ? '' : ' (not proven: the connector has no test)'
      await session.say(`Connected ${name}${accountText(proven.account)}${how}.\n`)
      return exit.ok
    }
    const report = reportOf(error, { reconnect: notAccepted })
    session.warn(`${textOf(report)}Kept ${name} although it could not be proven.\n`)
    return report.exit
  } finally {
    await outcome.connection?.close()
  }
}

const notAccepted = 'You must give values that the provider accepts.'

interface Outcome {
  readonly proven: Omit<Proven, 'connection'>
  readonly connection?: Connection
  /** Why it could not be proven. */
  readonly error?: AuthError
}

async function attempt(
  session: Session,
  connector: Connector,
  given: Collected,
  flags: ConsentFlags,
): Promise<Outcome> {
  let signed: Signed = { collected: given, credentials: undefined }
  try {
    const opened = (signed = await signIn(session, connector, given, flags))
    return { proven: await prove(connector, opened), connection: opened.connection }
  } catch (error) {
    if (!isAuthError(error) || error.code === 'settings_invalid') throw error
    return { proven: { ...signed, account: undefined, tested: false }, error }
  }
}

/** What `--json` says of a connection that was proven. */
export function summaryOf(
  name: string,
  { connector }: Loaded,
  { account, tested, collected }: Omit<Proven, 'connection'>,
): object {
  return { name, connector: connector.key, scheme: collected.leaf.scheme, account: account ?? null, tested }
}

/** Keeps a sign-in under a name. */
export async function keep(
  session: Session,
  { connector, source }: Loaded,
  name: string,
  { collected: { settings, app }, credentials }: Signed,
  { replace }: Pick<ConnectFlags, 'replace'>,
): Promise<void> {
  const store = await session.store()
  const all = await manage(session, connector, replace ? writingOver(store) : store)
  try {
    await all.create(connector.key, { key: name, settings, app, credentials: credentials as never })
  } catch (error) {
    // Everything else was checked when the connection was proven.
    throw isAuthError(error) && error.code === 'definition_invalid' ? taken(name) : error
  } finally {
    await all.close()
  }
  // Last: whoever finds the name taken must not write over the place of another's connector.
  await session.sources.write(name, source).catch((error: unknown) => {
    const { exit: code, what } = reportOf(error)
    session.advise({})
    throw failure(
      code,
      `Kept ${name}, but not where its connector is: ${what}`,
      'You must mend that, and then name the connector once with --connector.',
    )
  })
}

/** Takes the place of what is there in one write: a process that dies leaves the old connection, or the new one. */
function writingOver(store: StoreDriver): StoreDriver {
  return {
    ...store,
    async create(key, record) {
      for (;;) {
        // From the list, because what cannot be opened can be replaced.
        const { records } = await store.list({ prefix: key, limit: 1 })
        const parent = records.find((listed) => listed.key === key)
        if (await (parent ? store.commit(key, { parent, record }) : store.create(key, record))) return true
      }
    },
  }
}

function taken(name: string): Error {
  return usage(
    `There is already a connection "${name}".`,
    'Choose another name with --as, or take its place with --replace.',
  )
}
