import { exit, isFailure } from '../output/failure.ts'
import { moment, printable, table } from '../output/table.ts'
import { keptConnection, recordOf, secretsOf, withKept, type Session } from '../session.ts'
import { everyField } from '../values/given.ts'
import { maskedConfig } from './source-config.ts'
import type { KeptFlags } from './test.ts'

const mask = '•••'

export interface ShowFlags extends KeptFlags {
  /** Instead: the configuration as the users of the other system know it. */
  readonly sourceConfig?: boolean | undefined
}

/** `latchkey show`: what is known of a connection. A secret is shown as `•••`, however long it is. */
export async function showCommand(session: Session, name: string, flags: ShowFlags): Promise<number> {
  const record = await recordOf(session, name)
  const kept = await keptConnection(session, name, flags.connector).catch((error: unknown) => {
    if (!isFailure(error)) throw error
    return error
  })
  const known = 'loaded' in kept ? kept : undefined
  const connector = known?.loaded.connector
  session.hide(secretsOf(connector, record))
  if (flags.sourceConfig) {
    if (isFailure(kept)) throw kept
    await session.terminal.out(session.hidden(`${JSON.stringify(maskedConfig(kept), null, 2)}\n`))
    return exit.ok
  }
  const fields = connector === undefined ? {} : everyField(connector.auth)
  const settings = Object.entries(record.settings as Readonly<Record<string, unknown>>).map(
    ([field, value]) => [field, fields[field]?.public === true ? value : mask] as const,
  )
  const status = known && (await withKept(session, known, (connection) => connection.status()))
  const source = known?.loaded.source
  const about = {
    name,
    connector: record.connector,
    module: source?.module,
    export: source?.export,
    baseUrl: source?.baseUrl,
    format: known?.loaded.definition?.format,
    stream: source?.stream,
    scheme: record.scheme,
    state: status?.state,
    account: record.account,
    credentials: record.credentials === undefined ? undefined : mask,
    expiresAt: record.expiresAt,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    error: record.failure?.code,
  }
  const times = new Set(['expiresAt', 'createdAt', 'updatedAt'])
  const shown = Object.entries({ ...about, account: record.account?.label ?? record.account?.id }).flatMap(
    ([label, value]) =>
      value === undefined ? [] : [[label, times.has(label) ? moment(Number(value)) : String(value)]],
  )
  await session.say(
    table([...shown, ...settings.map(([field, value]) => [`settings.${field}`, String(value)])]),
  )
  await session.tell({ ...about, settings: Object.fromEntries(settings) })
  if (isFailure(kept)) session.warn(`latchkey: ${printable(kept.message)}\n${kept.advice}\n`)
  return exit.ok
}
