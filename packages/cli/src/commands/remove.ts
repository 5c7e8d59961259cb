import { exit, failure, isFailure } from '../output/failure.ts'
import { reportOf } from '../output/report.ts'
import { keptConnection, manage, recordOf, secretsOf, type Kept, type Session } from '../session.ts'
import type { KeptFlags } from './test.ts'

export interface RemoveFlags extends KeptFlags {
  /** Removes it here even if its connector is gone. */
  readonly force?: boolean | undefined
}

/** `latchkey remove`: ends the credentials at the provider where it can, and removes the connection here. */
export async function removeCommand(session: Session, name: string, flags: RemoveFlags): Promise<number> {
  const record = await recordOf(session, name)
  session.hide(secretsOf(undefined, record))
  const kept = await keptConnection(session, name, flags.connector).catch((error: unknown) => {
    if (!isFailure(error)) throw error
    if (!flags.force)
      throw failure(error.exit, error.message, `${error.advice} Or remove it here alone: --force.`)
  })
  if (kept === undefined) await (await session.store()).delete(name)
  else await removeAtProvider(session, kept)
  await session.sources.remove(name)
  const note =
    kept === undefined && record.credentials !== undefined
      ? ' Its credentials still count at the provider.'
      : ''
  await session.say(`Removed ${name}.${note}\n`)
  await session.tell({ name, removed: true })
  return exit.ok
}

async function removeAtProvider(session: Session, { name, loaded: { connector } }: Kept): Promise<void> {
  const all = await manage(session, connector)
  try {
    await all.remove(name)
  } catch (error) {
    if ((await (await session.store()).read(name)) !== undefined) throw error
    await session.sources.remove(name)
    const { exit: code, what } = reportOf(error)
    const problem = `Removed ${name} here, but its credentials still count at the provider: ${what}`
    throw failure(code, problem, 'You must end them there.')
  } finally {
    await all.close()
  }
}
