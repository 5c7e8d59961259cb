import {
  connect,
  memoryStore,
  type Account,
  type Connection,
  type Connector,
  type Question,
} from '@latchkey/core'
import { authorize, type ConsentFlags } from './consent/consent.ts'
import { exit, failure } from './output/failure.ts'
import { printable } from './output/table.ts'
import { earnedTexts, texts, worldOf, type Session } from './session.ts'
import { collected, type Collected } from './values/collect.ts'
import { longForm, type Values } from './values/form.ts'
import { variableFor } from './values/variables.ts'

/** What a sign-in ends with. */
export interface Signed {
  readonly collected: Collected
  /** What was earned; undefined for schemes that need nothing but settings. */
  readonly credentials: unknown
}

/** A sign-in with its connection, in memory. */
export interface Opened extends Signed {
  readonly connection: Connection
}

/** A connection that has been proven, in memory. */
export interface Proven extends Opened {
  readonly account: Account | undefined
  /** False where neither connector nor strategy has a test: then nothing was sent. */
  readonly tested: boolean
}

/** Signs in without a test. */
export async function signIn(
  session: Session,
  connector: Connector,
  given: Collected,
  flags: ConsentFlags,
): Promise<Opened> {
  session.hide(secretTexts(given))
  session.hide(earnedTexts(given.credentials))
  const first = open(session, connector, given.all, given.credentials)
  if ((await first.status()).state === 'disconnected')
    await authorize(session, { key: connector.key, consent: first.authorize }, flags)
  const credentials = await first.credentials()
  session.hide(earnedTexts(credentials))
  const answers = await answered(session, await first.questions())
  if (Object.keys(answers).length === 0) return { connection: first, collected: given, credentials }
  await first.close()
  const all = collected(connector.auth, { ...given.all, ...answers })
  return { connection: open(session, connector, all.all, credentials), collected: all, credentials }
}

/** Proves a connection that has signed in. */
export async function prove(connector: Connector, signed: Opened): Promise<Proven> {
  const tested = (connector.test ?? signed.collected.leaf.test) !== undefined
  return { ...signed, tested, account: tested ? await signed.connection.test() : undefined }
}

/** What a person calls an account. */
export function accountText(account: Account | undefined): string {
  const name = account?.label ?? account?.id
  return name === undefined ? '' : ` as ${printable(name)}`
}

/** The values that are not said to be public. */
export function secretTexts({ all, fields }: Collected): string[] {
  return Object.entries(all).flatMap(([name, value]) => (fields[name]?.public === true ? [] : texts(value)))
}

function open(
  { terminal }: Session,
  connector: Connector,
  settings: Values,
  credentials?: unknown,
): Connection {
  const store = memoryStore({ now: () => terminal.now() })
  try {
    return connect(connector, {
      settings,
      credentials: credentials as undefined,
      store,
      ...worldOf(terminal),
    })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const advice = 'The author of the connector must correct it; --base-url can stand in for an address.'
    throw failure(exit.code, `"${connector.key}" cannot be connected: ${error.message}.`, advice, error)
  }
}

/** What can be asked only now that the account is known. */
async function answered(
  { terminal: { prompter } }: Session,
  questions: readonly Question[],
): Promise<Values> {
  const answers: Record<string, string> = {}
  for (const { name, field, choices } of questions) {
    const answersFor = longForm(choices).map(({ value, label, description }) => ({
      value,
      label,
      hint: description,
    }))
    const needed = field.required !== undefined && field.required !== false
    if (prompter === undefined) {
      if (!needed) continue
      const list = answersFor
        .map(({ value, label }) => `${printable(value)} (${printable(label)})`)
        .join(', ')
      throw failure(
        exit.settings,
        `${name} (${field.label}) must be one of: ${list}.`,
        `You must choose: --set ${name}=… or ${variableFor(name)}.`,
      )
    }
    if (answersFor.length === 0) continue
    const none = needed ? [] : [{ value: '', label: 'None' }]
    const answer = await prompter.select({ message: field.label, answers: [...answersFor, ...none] })
    if (answer !== '') answers[name] = answer
  }
  return answers
}
