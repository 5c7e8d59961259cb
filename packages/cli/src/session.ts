import {
  checkSettings,
  connections,
  type AuthStrategy,
  type Connection,
  type Connections,
  type Connector,
  type StoreDriver,
  type WorldOptions,
  type StoredRecord,
} from '@latchkey/core'
import { redact } from '@latchkey/core/http'
import { loadConnector, type Loaded } from './connector/load.ts'
import { sourceOf } from './connector/source.ts'
import { sourcesIn, type Sources } from './connector/sources.ts'
import { dataFolder } from './home.ts'
import { exit, failure, isFailure, usage } from './output/failure.ts'
import type { Advice } from './output/report.ts'
import type { Upkeep } from './store/open.ts'
import type { Terminal } from './terminal.ts'
import { everyField } from './values/given.ts'
import { standInOf } from './world/stand-in.ts'

/** Flags that every command has. */
export interface CommonFlags {
  readonly store?: string | undefined
  readonly json?: boolean | undefined
}

/** One run of the command. */
export interface Session {
  readonly terminal: Terminal
  readonly json: boolean
  /** Opened at first use: what keeps nothing leaves no data folder behind. */
  store(): Promise<StoreDriver>
  upkeep(): Promise<Upkeep>
  readonly sources: Sources
  /** Who must act if it fails from here on. */
  advise(advice: Advice): void
  advice(): Advice
  /** Nothing that is said after this shows these texts. */
  hide(texts: Iterable<unknown>): void
  hidden(text: string): string
  /** For people: to standard output, unless the run is for a script. */
  say(text: string): Promise<void>
  /** For scripts: one JSON document to standard output. */
  tell(value: unknown): Promise<void>
  /** To standard error. */
  warn(text: string): void
}

/** Opens a run on a data folder. */
export function openSession(terminal: Terminal, flags: CommonFlags): Session {
  const folder = dataFolder(terminal, flags.store)
  standInOf(terminal.env)
  const json = flags.json === true
  const secrets = new Set<string>()
  let store: Promise<StoreDriver> | undefined
  let advice: Advice = {}
  const hidden = (text: string): string => redact(text, secrets)
  return {
    terminal,
    json,
    store: () => (store ??= terminal.store(folder)),
    upkeep: () => terminal.upkeep(folder),
    sources: sourcesIn(folder, terminal.files),
    advise(known) {
      advice = known
    },
    advice: () => advice,
    hide(texts) {
      // Shorter ones would tear holes into ordinary words, and give themselves away by that.
      for (const text of texts) if (typeof text === 'string' && text.length > 3) secrets.add(text)
    },
    hidden,
    say: async (text) => (json ? undefined : terminal.out(hidden(text))),
    tell: async (value) =>
      json
        ? terminal.out(
            `${JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? hidden(part) : part))}\n`,
          )
        : undefined,
    warn: (text) => terminal.err(hidden(text)),
  }
}

const namePattern = /^[a-z\d][a-z\d._-]{0,99}$/i
/** What the store keeps for itself under a key of its own. */
const ownMark = 'latchkey.deployment'

/** A name that a connection can have. */
export function checkName(name: string): string {
  if (namePattern.test(name) && name !== ownMark) return name
  throw usage(
    'This cannot be the name of a connection.',
    `Use letters, digits, dots, dashes and underscores, at most 100; not ${ownMark}.`,
  )
}

/** A connection that was kept, with what is known of it. */
export interface Kept {
  readonly name: string
  readonly record: StoredRecord
  readonly loaded: Loaded
}

/** The record of a connection. */
export async function recordOf(session: Session, name: string): Promise<StoredRecord> {
  const record = await (await session.store()).read(checkName(name))
  if (record !== undefined) return record
  throw failure(
    exit.reconnect,
    `There is no connection "${name}".`,
    `You must connect first: latchkey connect <connector> --as ${name}.`,
  )
}

/** The connection and its connector, which is looked for where it was, or at `moved`, and remembered there. */
export async function keptConnection(session: Session, name: string, moved?: string): Promise<Kept> {
  const record = await recordOf(session, name)
  const loaded = await loadAgain(session, name, record, moved)
  if (loaded.connector.key !== record.connector) {
    throw failure(
      exit.code,
      `"${name}" is a connection of "${record.connector}", but ${loaded.source.module} now defines "${loaded.connector.key}".`,
      'The author of the connector must give it its key back, or you must name its module with --connector.',
    )
  }
  if (moved !== undefined) await session.sources.write(name, loaded.source)
  return { name, record, loaded }
}

async function loadAgain(
  session: Session,
  name: string,
  record: StoredRecord,
  moved: string | undefined,
): Promise<Loaded> {
  const { terminal, sources } = session
  const before = await sources.read(name)
  if (moved !== undefined) {
    return loadConnector(terminal, { ...before, export: undefined, ...sourceOf(moved, terminal.cwd) })
  }
  const advice = `You must say where the connector "${record.connector}" is now: --connector PATH.`
  if (before === undefined) throw usage(`It is not known where the connector of "${name}" is.`, advice)
  try {
    return await loadConnector(terminal, before)
  } catch (error) {
    if (isFailure(error) && error.exit === exit.usage)
      throw usage(`The connector of "${name}" is gone. ${error.message}`, advice)
    throw error
  }
}

/** The strategy that the settings of a kept connection lead to. */
export function leafOf({ loaded: { connector }, record }: Kept): AuthStrategy {
  return checkSettings(connector.auth, record.settings).leaf
}

/** Does something with a kept connection, and closes it. */
export async function withKept<T>(
  session: Session,
  kept: Kept,
  run: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { name, record, loaded } = kept
  session.hide(secretsOf(loaded.connector, record))
  const { module, export: exported } = loaded.source
  const spec = exported === undefined ? module : `${module}#${exported}`
  const again = leafOf(kept).authorize ? `authorize ${name}` : `connect ${spec} --as ${name} --replace`
  session.advise({ reconnect: `You must sign in again: latchkey ${again}` })
  const all = await manage(session, loaded.connector)
  try {
    return await run(await all.get(name))
  } finally {
    await all.close()
  }
}

/** What connections take from the terminal. */
export function worldOf(terminal: Terminal): WorldOptions {
  return { fetch: terminal.fetch, now: () => terminal.now() }
}

/** The connections of one connector. */
export async function manage(
  session: Session,
  connector: Connector,
  store?: StoreDriver,
): Promise<Connections> {
  return connections({
    connectors: { [connector.key]: connector },
    store: store ?? (await session.store()),
    ...worldOf(session.terminal),
  })
}

/** Every text in a record that is not said to be public. */
export function secretsOf(
  connector: Connector | undefined,
  { settings, credentials }: Pick<StoredRecord, 'settings' | 'credentials'>,
): string[] {
  const fields = connector === undefined ? {} : everyField(connector.auth)
  const own = Object.entries(settings as Readonly<Record<string, unknown>>).filter(
    ([name]) => fields[name]?.public !== true,
  )
  return [...own.flatMap(([, value]) => texts(value)), ...earnedTexts(credentials)]
}

// Names under which no scheme keeps a secret: what they hold is said in labels and messages.
const open = new Set(['claims', 'issuer', 'requestedScopes', 'scopes', 'tokenType'])

/** Every text in credentials that may be secret. */
export function earnedTexts(credentials: unknown): string[] {
  if (typeof credentials !== 'object' || credentials === null) return texts(credentials)
  return Object.entries(credentials)
    .filter(([name]) => !open.has(name))
    .flatMap(([, value]) => earnedTexts(value))
    .filter((text) => !URL.canParse(text) || new URL(text).origin !== text)
}

/** Every text inside. */
export function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}
