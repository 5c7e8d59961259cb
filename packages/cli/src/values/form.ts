import {
  checkSettings,
  conditionHolds,
  isAuthError,
  type AuthError,
  type AuthStrategy,
  type Choice,
  type Condition,
  type Field,
  type Fields,
} from '@latchkey/core'

/** Values by field name. */
export type Values = Readonly<Record<string, unknown>>

/** A field whose turn it is. */
export interface Turn {
  readonly name: string
  readonly field: Field
  /** The strategy whose form it is on: a selector, or what was chosen. */
  readonly leaf: AuthStrategy
}

/**
 * Walks through a form in the order in which a person is asked: what other fields depend on first, a choice of options
 * before what it leads to, the operator's fields before the user's. `visit` gives the value of one field, or undefined.
 */
export async function walk(
  auth: AuthStrategy,
  visit: (turn: Turn, values: Values) => unknown,
): Promise<Values> {
  const values: Record<string, unknown> = {}
  const seen = new Set<string>()
  let fields = auth.fields
  for (let leaf = auth; ; fields = { ...fields, ...leaf.fields }) {
    for (
      let name = next(fields, leaf, seen, values);
      name !== undefined;
      name = next(fields, leaf, seen, values)
    ) {
      seen.add(name)
      const field = fields[name]
      if (field === undefined) continue
      const value = await visit({ name, field, leaf }, withDefaults(fields, values))
      if (value !== undefined && value !== '') values[name] = value
    }
    if (!leaf.select) return values
    const settings = withDefaults(fields, values)
    const id = leaf.discriminator === undefined ? undefined : settings[leaf.discriminator]
    // Nothing can be chosen by a value that is no option; checking the settings says so.
    if (leaf.choices && (typeof id !== 'string' || !Object.hasOwn(leaf.choices, id))) return values
    leaf = leaf.select(settings)
  }
}

function next(
  fields: Fields,
  { discriminator }: AuthStrategy,
  seen: ReadonlySet<string>,
  values: Values,
): string | undefined {
  const settings = withDefaults(fields, values)
  const settled = (condition: Condition | undefined): boolean =>
    fieldsIn(condition).every((name) => seen.has(name))
  const open = Object.entries(fields).filter(
    ([name, field]) =>
      !seen.has(name) && settled(field.when) && (!field.when || conditionHolds(field.when, settings)),
  )
  const rank = ([name, { owner }]: [string, Field]): number =>
    name === discriminator ? 0 : owner === 'app' ? 1 : 2
  return open.sort((a, b) => rank(a) - rank(b))[0]?.[0]
}

function fieldsIn(condition: Condition | undefined): string[] {
  if (condition === undefined) return []
  if ('all' in condition) return condition.all.flatMap(fieldsIn)
  return 'any' in condition ? condition.any.flatMap(fieldsIn) : [condition.field]
}

function withDefaults(fields: Fields, values: Values): Values {
  const defaults = Object.entries(fields).flatMap(([name, field]) =>
    field.default === undefined ? [] : [[name, field.default]],
  )
  return { ...(Object.fromEntries(defaults) as Values), ...values }
}

/** What is wrong with these values; undefined: nothing. */
export function refusal(auth: AuthStrategy, values: Values): AuthError | undefined {
  try {
    checkSettings(auth, values)
    return undefined
  } catch (error) {
    if (isAuthError(error)) return error
    throw error
  }
}

/** What is wrong with one of these values. */
export function problemOf(auth: AuthStrategy, name: string, values: Values): string | undefined {
  return refusal(auth, values)?.faults?.find(({ field }) => field === name)?.problem
}

/** The choices of a field that can be taken under these values; undefined: it has none, or only after signing in. */
export function choicesOf(field: Field, values: Values): Exclude<Choice, string>[] | undefined {
  if (!('choices' in field) || typeof field.choices !== 'object') return undefined
  return longForm(field.choices).filter(({ when }) => !when || conditionHolds(when, values))
}

/** Choices with a label each. */
export function longForm(choices: readonly Choice[]): Exclude<Choice, string>[] {
  return choices.map((choice) => (typeof choice === 'string' ? { value: choice, label: choice } : choice))
}

/** True for a field whose choices only the signed-in account can name. */
export function isAskedLater(field: Field): boolean {
  return 'choices' in field && typeof field.choices === 'function'
}
