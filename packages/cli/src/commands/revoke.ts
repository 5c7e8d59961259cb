import { exit, usage } from '../output/failure.ts'
import { keptConnection, leafOf, withKept, type Session } from '../session.ts'
import type { KeptFlags } from './test.ts'

/** `latchkey revoke`: ends the credentials at the provider; the connection stays, to be signed in again. */
export async function revokeCommand(session: Session, name: string, flags: KeptFlags): Promise<number> {
  const kept = await keptConnection(session, name, flags.connector)
  const leaf = leafOf(kept)
  if (!leaf.revoke)
    throw usage(
      `The connector of "${name}" knows no way to end its credentials.`,
      `End them at the provider, and forget the connection: latchkey remove ${name}.`,
    )
  session.advise({ besides: 'They are forgotten here, and may still count at the provider.' })
  await withKept(session, kept, (connection) => connection.revoke())
  const again = leaf.authorize ? ` To sign in again: latchkey authorize ${name}` : ''
  await session.say(`Revoked the credentials of ${name}.${again}\n`)
  await session.tell({ name, revoked: true })
  return exit.ok
}
