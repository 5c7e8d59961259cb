import { connections } from '@latchkey/core'
import { exit } from '../output/failure.ts'
import { moment, table } from '../output/table.ts'
import type { Session } from '../session.ts'

/** `latchkey list`: every connection. Loads no connector, so that no foreign code runs. */
export async function listCommand(session: Session): Promise<number> {
  const all = connections({ connectors: {}, store: await session.store(), now: () => session.terminal.now() })
  const rows = []
  for (let after: string | undefined; ;) {
    const page = await all.list({ ...(after !== undefined && { after }) })
    rows.push(...page.connections)
    after = page.connections.at(-1)?.key
    if (!page.more || after === undefined) break
  }
  const header = ['NAME', 'CONNECTOR', 'SCHEME', 'STATE', 'EXPIRES']
  const cells = rows.map((row) => [row.key, row.connector, row.scheme, row.state, moment(row.expiresAt)])
  await session.say(
    rows.length === 0
      ? 'There is no connection yet: latchkey connect <connector>\n'
      : table([header, ...cells]),
  )
  await session.tell(
    rows.map(({ key, connector, scheme, state, account, expiresAt, createdAt, updatedAt, error }) => ({
      name: key,
      connector,
      scheme,
      state,
      account,
      expiresAt,
      createdAt,
      updatedAt,
      error: error?.code,
    })),
  )
  return exit.ok
}
