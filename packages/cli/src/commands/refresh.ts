import { exit, usage } from '../output/failure.ts'
import { moment } from '../output/table.ts'
import { keptConnection, leafOf, withKept, type Session } from '../session.ts'
import type { KeptFlags } from './test.ts'

/** `latchkey refresh`: trades the credentials for new ones now, whatever their expiry says. */
export async function refreshCommand(session: Session, name: string, flags: KeptFlags): Promise<number> {
  const kept = await keptConnection(session, name, flags.connector)
  const leaf = leafOf(kept)
  if (!leaf.refresh && !leaf.acquire)
    throw usage(`"${leaf.scheme}" has nothing to refresh.`, 'Its credentials are what was entered.')
  const expiresAt = await withKept(session, kept, async (connection) => {
    await connection.refresh()
    return (await connection.status()).expiresAt
  })
  const end = expiresAt === undefined ? '' : `; the credentials last until ${moment(expiresAt)}`
  await session.say(`Refreshed ${name}${end}.\n`)
  await session.tell({ name, refreshed: true, expiresAt: expiresAt ?? null })
  return exit.ok
}
