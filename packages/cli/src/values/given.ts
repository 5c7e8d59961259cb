import type { AuthStrategy, Field, Fields } from '@latchkey/core'
import { isObject, type Imported, type JsonObject } from '@latchkey/core/definition'
import { resolve } from 'node:path'
import { usage } from '../output/failure.ts'
import type { Terminal } from '../terminal.ts'
import { variableFor } from './variables.ts'

/** How values were given on the command line. */
export interface ValueFlags {
  /** Ids of options, an outer selector's before an inner one's. */
  readonly option?: readonly string[] | undefined
  /** `field=value`. */
  readonly set?: readonly string[] | undefined
  /** `field=path`. */
  readonly setFile?: readonly string[] | undefined
  /** True: standard input holds a JSON object. */
  readonly stdin?: boolean | undefined
}

/** Values by field; those from text are still text. */
export type Given = ReadonlyMap<string, { readonly value: unknown; readonly typed: boolean }>

/** Every field that a strategy may ask for, those of all its options included. */
export function everyField({ fields, choices = {} }: AuthStrategy): Fields {
  return Object.assign({}, ...Object.values(choices).map(everyField), fields) as Fields
}

/** What was given on the way in. */
export interface Input {
  readonly given: Given
  /** The tokens that a configuration of another system held. */
  readonly credentials: unknown
}

/** Collects values; what is said on the command line wins over standard input, and that over the environment. */
export async function givenValues(
  terminal: Pick<Terminal, 'env' | 'cwd' | 'stdin' | 'files'>,
  auth: AuthStrategy,
  flags: ValueFlags,
  imported?: Pick<Imported, 'settingsOf' | 'credentialsOf'>,
): Promise<Input> {
  let credentials: unknown
  const given = new Map<string, { value: unknown; typed: boolean }>()
  for (const [name, value] of fromEnvironment(terminal.env, everyField(auth)))
    given.set(name, { value, typed: false })
  if (flags.stdin) {
    const values = parseObject(await terminal.stdin())
    const isForeign = imported && isConfiguration(values, everyField(auth))
    const settings = isForeign ? imported.settingsOf(values) : values
    if (isForeign) credentials = imported.credentialsOf?.(values)
    for (const [name, value] of Object.entries(settings)) given.set(name, { value, typed: true })
  }
  for (const pair of flags.setFile ?? []) {
    const [name, path] = split('--set-file', pair)
    const text = await terminal.files.read(resolve(terminal.cwd, path))
    if (text === undefined)
      throw usage(
        `--set-file ${name}: there is no file ${path}.`,
        'Give the path of a file that holds the value.',
      )
    given.set(name, { value: text.replace(/\r?\n$/, ''), typed: false })
  }
  for (const pair of flags.set ?? []) {
    const [name, value] = split('--set', pair)
    given.set(name, { value, typed: false })
  }
  for (const [name, value] of chosen(auth, flags.option ?? [])) given.set(name, { value, typed: false })
  return { given, credentials }
}

/** Whether these are values as the users of another system keep them: nested, or by names that are no fields of ours. */
export function isConfiguration(values: JsonObject, fields: Fields): boolean {
  return Object.entries(values).some(
    ([name, value]) => !Object.hasOwn(fields, name) || (typeof value === 'object' && value !== null),
  )
}

function fromEnvironment(env: Terminal['env'], fields: Fields): [string, string][] {
  const byVariable = new Map<string, string[]>()
  for (const name of Object.keys(fields)) {
    const variable = variableFor(name)
    byVariable.set(variable, [...(byVariable.get(variable) ?? []), name])
  }
  return [...byVariable].flatMap(([variable, names]): [string, string][] => {
    const value = env[variable]
    const [name] = names
    if (value === undefined || value === '' || name === undefined) return []
    if (names.length > 1)
      throw usage(
        `${variable} could be the field ${names.join(' or ')}.`,
        'Unset it, and give each with --set.',
      )
    return [[name, value]]
  })
}

function split(flag: string, pair: string): [string, string] {
  const at = pair.indexOf('=')
  // What was given instead may be a secret, so it is not repeated.
  if (at < 1)
    throw usage(
      `${flag} needs a field and a value.`,
      `Write ${flag} field=${flag === '--set' ? 'value' : 'path'}.`,
    )
  return [pair.slice(0, at), pair.slice(at + 1)]
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // The parser's message would repeat the text, which may be secret.
  }
  throw usage(
    '--stdin: standard input holds no JSON object.',
    'Pipe in values by field, such as {"apiKey": "…"}.',
  )
}

function chosen(auth: AuthStrategy, ids: readonly string[]): [string, string][] {
  let leaf: AuthStrategy | undefined = auth
  return ids.map((id) => {
    const { discriminator, choices = {} }: AuthStrategy = leaf ?? auth
    if (leaf === undefined || discriminator === undefined) {
      throw usage(
        `--option ${id}: there is nothing to choose${ids.length > 1 ? ' any more' : ''}.`,
        'Leave it out.',
      )
    }
    if (!Object.hasOwn(choices, id)) {
      throw usage(
        `--option ${id}: there is no such option.`,
        `Choose one of: ${Object.keys(choices).join(', ')}.`,
      )
    }
    leaf = choices[id]
    return [discriminator, id]
  })
}

/** Text as the field's type; text that is none stays text, for the check of the settings to refuse. */
export function fromText(field: Field | undefined, text: string): unknown {
  if (field?.type === 'number')
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
  if (field?.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}
