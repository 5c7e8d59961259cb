import { exit } from '../output/failure.ts'
import { accountText } from '../prove.ts'
import { keptConnection, leafOf, withKept, type CommonFlags, type Session } from '../session.ts'

export interface KeptFlags extends CommonFlags {
  /** Where the connector is now. */
  readonly connector?: string | undefined
}

/** `latchkey test`: proves a connection again. */
export async function testCommand(session: Session, name: string, flags: KeptFlags): Promise<number> {
  const kept = await keptConnection(session, name, flags.connector)
  const { connector } = kept.loaded
  const tested = (connector.test ?? leafOf(kept).test) !== undefined
  const account = await withKept(session, kept, (connection) => connection.test())
  await session.say(
    tested
      ? `${name} works${accountText(account)}.\n`
      : `${name} was not proven: its connector has no test.\n`,
  )
  await session.tell({ name, tested, account: account ?? null })
  return exit.ok
}
