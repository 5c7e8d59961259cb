import type { AuthStrategy, Connector, Field } from '@latchkey/core'
import { resolve } from 'node:path'
import type { Prompter, Terminal } from '../terminal.ts'
import { choicesOf, isAskedLater, problemOf, walk, type Turn, type Values } from './form.ts'
import { fromText, type Given } from './given.ts'

const required = 'Enter a value: this field is required.'

/** Asks a person for every value that was not given. */
export async function askValues(
  terminal: Pick<Terminal, 'files' | 'cwd'>,
  prompter: Prompter,
  connector: Connector,
  given: Given,
): Promise<Values> {
  const { auth } = connector
  await notes(prompter, [connector.description, connector.helpUrl])
  let shown: unknown
  let group: Field['owner']
  return walk(auth, async (turn, values) => {
    const { name, field, leaf } = turn
    const known = given.get(name)
    if (known !== undefined) return known.typed ? known.value : fromText(field, String(known.value))
    if (isAskedLater(field)) return undefined
    if (leaf !== shown && leaf !== auth) await notes(prompter, [leaf.description, leaf.helpUrl])
    shown = leaf
    if (field.owner !== group && field.owner === 'app')
      await prompter.note('For the operator of the application, once:')
    if (field.owner !== group && group === 'app') await prompter.note('For the account:')
    group = field.owner
    return ask(terminal, prompter, auth, turn, values)
  })
}

async function notes(prompter: Prompter, texts: readonly (string | undefined)[]): Promise<void> {
  for (const text of texts) if (text !== undefined && text !== '') await prompter.note(text)
}

/** Asks a person for one value, until it is right. */
export async function ask(
  terminal: Pick<Terminal, 'files' | 'cwd'>,
  prompter: Prompter,
  auth: AuthStrategy,
  { name, field, leaf }: Turn,
  values: Values,
): Promise<unknown> {
  const isNeeded = problemOf(auth, name, { ...values, [name]: undefined }) !== undefined
  const isOptional = !isNeeded && field.type !== 'boolean' && field.default === undefined
  const message = isOptional ? `${field.label} (optional)` : field.label
  if (name !== leaf.discriminator) await notes(prompter, [field.description, field.help])
  const choices = choicesOf(field, values)
  if (choices !== undefined) {
    const answers = choices.map(({ value, label, description }) => ({ value, label, hint: description }))
    const none = isOptional ? [{ value: '', label: 'None' }] : []
    return prompter.select({ message, answers: [...answers, ...none], initial: asText(field.default) })
  }
  if (field.type === 'boolean') return prompter.confirm({ message, initial: field.default ?? false })
  const read = (text: string): unknown => fromText(field, text)
  const problem = (text: string): string | undefined => {
    if (text === '' && field.default === undefined) return isNeeded ? required : undefined
    const value = read(text)
    if (field.type === 'number' && text !== '' && typeof value !== 'number') return 'Give a number.'
    return problemOf(auth, name, { ...values, [name]: value })
  }
  if ('multiline' in field && field.multiline) return askFile(terminal, prompter, message, isNeeded, problem)
  if (field.type === 'password') return prompter.password({ message, problem })
  const text = await prompter.text({
    message,
    placeholder: field.placeholder,
    initial: asText(field.default),
    problem,
  })
  return text === '' ? undefined : read(text)
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** A value of several lines cannot be typed on one. */
async function askFile(
  { files, cwd }: Pick<Terminal, 'files' | 'cwd'>,
  prompter: Prompter,
  message: string,
  isNeeded: boolean,
  problem: (text: string) => string | undefined,
): Promise<string | undefined> {
  for (;;) {
    const path = await prompter.text({
      message: `${message}: the path of a file that holds it`,
      problem: (typed) => (typed === '' && isNeeded ? required : undefined),
    })
    if (path === '') return undefined
    const text = (await files.read(resolve(cwd, path)))?.replace(/\r?\n$/, '')
    const wrong = text === undefined ? 'There is no such file.' : problem(text)
    if (wrong === undefined) return text
    await prompter.note(wrong)
  }
}
