import { authorize, type ConsentFlags } from '../consent/consent.ts'
import { exit, usage } from '../output/failure.ts'
import { accountText } from '../prove.ts'
import { earnedTexts, keptConnection, leafOf, withKept, type Session } from '../session.ts'
import type { KeptFlags } from './test.ts'

export interface AuthorizeFlags extends KeptFlags, ConsentFlags {}

/** `latchkey authorize`: a person signs in once more, or agrees to more scopes; what was held stays until that is done. */
export async function authorizeCommand(
  session: Session,
  name: string,
  flags: AuthorizeFlags,
): Promise<number> {
  const kept = await keptConnection(session, name, flags.connector)
  const { connector } = kept.loaded
  const leaf = leafOf(kept)
  if (!leaf.authorize)
    throw usage(`"${leaf.scheme}" needs no person to sign in.`, 'Use latchkey refresh, or latchkey connect.')
  const tested = (connector.test ?? leaf.test) !== undefined
  const account = await withKept(session, kept, async (connection) => {
    await authorize(session, { key: connector.key, consent: connection.authorize }, flags)
    session.hide(earnedTexts(await connection.credentials()))
    return await connection.test()
  })
  await session.say(`Signed in to ${name}${accountText(account)}.\n`)
  await session.tell({ name, tested, account: account ?? null })
  return exit.ok
}
