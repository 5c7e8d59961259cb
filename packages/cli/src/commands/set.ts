import { connections, memoryStore } from '@latchkey/core'
import type { ConsentFlags } from '../consent/consent.ts'
import { exit, failure, usage } from '../output/failure.ts'
import { prove, signIn } from '../prove.ts'
import { keptConnection, leafOf, manage, secretsOf, worldOf, type Kept, type Session } from '../session.ts'
import { ask } from '../values/ask.ts'
import { collected, type Collected } from '../values/collect.ts'
import type { Values } from '../values/form.ts'
import { everyField, fromText, givenValues, type ValueFlags } from '../values/given.ts'
import { keep } from './connect.ts'
import type { KeptFlags } from './test.ts'

export interface SetFlags extends KeptFlags, ValueFlags, ConsentFlags {
  /** Signs in again, where the value ends the sign-in. */
  readonly replace?: boolean | undefined
}

/** `latchkey set`: changes a value of a connection, and keeps its sign-in where the field says that it may. */
export async function setCommand(
  session: Session,
  name: string,
  field: string | undefined,
  flags: SetFlags,
): Promise<number> {
  const kept = await keptConnection(session, name, flags.connector)
  const { loaded, record } = kept
  const before = record.settings as Values
  session.hide(secretsOf(loaded.connector, record))
  const values = await newValues(session, kept, field, flags)
  session.hide(secretsOf(loaded.connector, { settings: values as never }))
  const changed = Object.keys(values).filter((each) => values[each] !== before[each])
  const list = changed.join(', ')
  const end = async (text: string, signedIn: boolean): Promise<number> => {
    await session.say(text)
    await session.tell({ name, changed, signedIn })
    return exit.ok
  }
  if (changed.length === 0) return end(`${name} has that value already.\n`, false)

  const all = collected(loaded.connector.auth, { ...before, ...values })
  if (await keepsGrant(session, kept, all, changed)) {
    const connector = await manage(session, loaded.connector)
    await connector.update(name, ...split(all, changed)).finally(() => connector.close())
    return end(`Changed ${list} of ${name}. Its sign-in stays.\n`, false)
  }
  if (!flags.replace)
    throw failure(
      exit.reconnect,
      `Another ${list} ends the sign-in of "${name}". Nothing was changed.`,
      'You must sign in again with it: add --replace. What is there now counts until that is done.',
    )
  session.advise({
    reconnect: 'You must give a value that the provider accepts.',
    besides: 'Nothing was changed.',
  })
  const opened = await signIn(session, loaded.connector, all, flags)
  try {
    await keep(session, loaded, name, await prove(loaded.connector, opened), { replace: true })
  } finally {
    await opened.connection.close()
  }
  return end(`Changed ${list} of ${name}, and signed in again.\n`, true)
}

/** What was given on the command line, and the answer of a person for the field that is named. */
async function newValues(
  { terminal }: Session,
  kept: Kept,
  field: string | undefined,
  flags: SetFlags,
): Promise<Values> {
  const { auth } = kept.loaded.connector
  // The environment may hold the values of another connection.
  const { given } = await givenValues({ ...terminal, env: {} }, auth, flags)
  const fields = everyField(auth)
  const names = [...given.keys(), ...(field === undefined ? [] : [field])]
  const unknown = names.find((each) => !Object.hasOwn(fields, each))
  if (unknown !== undefined || names.length === 0)
    throw usage(
      unknown === undefined ? 'Nothing is given to be set.' : `"${kept.name}" has no field ${unknown}.`,
      `Name one of: ${Object.keys(fields).join(', ')}; with --set, --set-file or --stdin, or alone to be asked.`,
    )
  const values = Object.fromEntries(
    [...given].map(([each, { value, typed }]) => [
      each,
      typed ? value : fromText(fields[each], String(value)),
    ]),
  )
  const definition = field === undefined || given.has(field) ? undefined : fields[field]
  if (field === undefined || definition === undefined) return values
  if (terminal.prompter === undefined)
    throw usage(`${field} is not given, and nobody is here to be asked.`, 'Use --set-file or --stdin.')
  const turn = { name: field, field: definition, leaf: leafOf(kept) }
  const settings = { ...(kept.record.settings as Values), ...values }
  return { ...values, [field]: await ask(terminal, terminal.prompter, auth, turn, settings) }
}

/** Whether the sign-in outlasts these values: tried on a copy of the record, so that one rule decides. */
async function keepsGrant(
  { terminal }: Session,
  { name, record, loaded: { connector } }: Kept,
  all: Collected,
  changed: readonly string[],
): Promise<boolean> {
  const copy = memoryStore({ now: () => terminal.now(), records: new Map([[name, record]]) })
  const rehearsal = connections({
    connectors: { [connector.key]: connector },
    store: copy,
    ...worldOf(terminal),
  })
  await rehearsal.update(name, ...split(all, changed)).finally(() => rehearsal.close())
  return (await copy.read(name))?.grant === record.grant
}

/** The changed values of the user, and those of the operator. */
function split({ all, fields }: Collected, changed: readonly string[]): [user: Values, app: Values] {
  const of = (isApp: boolean): Values =>
    Object.fromEntries(
      changed.filter((name) => (fields[name]?.owner === 'app') === isApp).map((name) => [name, all[name]]),
    )
  return [of(false), of(true)]
}
