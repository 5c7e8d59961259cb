import { checkSettings, type AuthStrategy, type Connector, type Fields } from '@latchkey/core'
import type { Imported } from '@latchkey/core/definition'
import { exit, failure } from '../output/failure.ts'
import type { Terminal } from '../terminal.ts'
import { askValues } from './ask.ts'
import { isAskedLater, refusal, walk, type Values } from './form.ts'
import { everyField, fromText, givenValues, type Given, type ValueFlags } from './given.ts'
import { variableFor } from './variables.ts'

/** Values that are right, by who owns them. */
export interface Collected {
  readonly settings: Values
  /** The operator's own. */
  readonly app: Values
  /** Both, with defaults. */
  readonly all: Values
  /** The strategy that they lead to. */
  readonly leaf: AuthStrategy
  readonly fields: Fields
  /** Tokens that were given along, so that nobody need sign in. */
  readonly credentials?: unknown
}

/**
 * Gathers the values of a form: what was given, then what a person answers. A person is asked where something that is
 * needed was not given, or where nothing was given at all; then for everything that is still open.
 */
export async function collect(
  terminal: Pick<Terminal, 'env' | 'cwd' | 'stdin' | 'files' | 'prompter'>,
  connector: Connector,
  flags: ValueFlags,
  imported?: Imported,
): Promise<Collected> {
  const { auth } = connector
  const { given, credentials } = await givenValues(terminal, auth, flags, imported)
  const silent = await silentValues(auth, given)
  const refused = refusal(auth, silent)
  const missing = refused?.faults?.filter(({ field }) => !(field in silent)) ?? []
  const isFaulty = refused !== undefined && missing.length < (refused.faults?.length ?? Infinity)
  const isOpen = given.size === 0 && Object.values(everyField(auth)).some((field) => !isAskedLater(field))
  if (isFaulty || (missing.length === 0 && !isOpen) || terminal.prompter === undefined) {
    if (isFaulty) throw refused
    if (missing.length > 0)
      throw incomplete(
        connector,
        silent,
        missing.map(({ field }) => field),
      )
    return { ...collected(auth, silent), credentials }
  }
  const values = await askValues(terminal, terminal.prompter, connector, given)
  return { ...collected(auth, values), credentials }
}

/** The values that were given, in their types; whatever no field asks for is kept, for the check to refuse. */
async function silentValues(auth: AuthStrategy, given: Given): Promise<Values> {
  const valueOf = (name: string, fields: Fields): unknown => {
    const known = given.get(name)
    return known === undefined || known.typed ? known?.value : fromText(fields[name], String(known.value))
  }
  const every = everyField(auth)
  const rest = Object.fromEntries([...given.keys()].map((name) => [name, valueOf(name, every)]))
  return { ...rest, ...(await walk(auth, ({ name, field }) => valueOf(name, { [name]: field }))) }
}

/** Checks values and tells the user's from the operator's. */
export function collected(auth: AuthStrategy, values: Values): Collected {
  const { settings: all, leaf, fields } = checkSettings(auth, values)
  const of = (isApp: boolean): Values =>
    Object.fromEntries(Object.entries(all).filter(([name]) => (fields[name]?.owner === 'app') === isApp))
  return { settings: of(false), app: of(true), all, leaf, fields }
}

/** Lists what is missing, and every way of giving it. */
function incomplete({ key, auth }: Connector, values: Values, missing: readonly string[]): Error {
  const every = everyField(auth)
  const chosenBy = selectorOf(auth, missing)
  const lines = missing.map((name) => {
    const label = every[name]?.label ?? name
    return name === chosenBy?.discriminator
      ? `${label}: --option with one of ${Object.keys(chosenBy.choices ?? {}).join(', ')}`
      : `${name} (${label}${every[name]?.owner === 'app' ? ', of the operator' : ''}): --set ${name}=… or ${variableFor(name)}`
  })
  const of = Object.keys(values).length > 0 ? 'more ' : ''
  return failure(
    exit.settings,
    `"${key}" needs ${of}values.\n${lines.map((line) => `  ${line}`).join('\n')}`,
    'You must give them so, as a JSON object with --stdin, or answer at a terminal.',
  )
}

function selectorOf(auth: AuthStrategy, missing: readonly string[]): AuthStrategy | undefined {
  if (auth.discriminator !== undefined && missing.includes(auth.discriminator)) return auth
  return Object.values(auth.choices ?? {}).flatMap((choice) => selectorOf(choice, missing) ?? [])[0]
}
