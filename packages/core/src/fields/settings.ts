import { AuthError, type Fault } from '../errors.ts'
import type { AuthStrategy } from '../strategy.ts'
import { checkFields } from './definition.ts'
import type { Fields } from './field.ts'
import { checkForm } from './form.ts'

export { conditionHolds } from './conditions.ts'
export { checkFields } from './definition.ts'
export { checkSchema, secretsOf } from './schema.ts'

/** Settings that are right, and where they lead. */
export interface Checked {
  /** A new frozen object: known fields only, defaults applied, fields left out whose `when` does not hold. */
  readonly settings: Readonly<Record<string, unknown>>
  /** The strategy at the end of `select`. */
  readonly leaf: AuthStrategy
  /** The strategies that `select` passed through, from the first to the leaf. */
  readonly path: readonly AuthStrategy[]
  /** All fields that were asked, a selector's before its option's. */
  readonly fields: Fields
}

/**
 * Checks settings against the fields of a strategy, and of the option that they choose. Never changes what it is given;
 * values keep their types. What belongs to another option of a selector is left out without a word.
 * @throws {AuthError} settings_invalid with every fault at once and without any value
 * @throws {TypeError} that names the field, for a mistake in its definition
 */
export function checkSettings(auth: AuthStrategy, input: unknown): Checked {
  if (typeof input !== 'object' ? input !== undefined : input === null || Array.isArray(input)) {
    throw new AuthError(
      'settings_invalid',
      'The settings must be an object that holds values by field name',
      {
        scheme: auth.scheme,
      },
    )
  }
  const given = (input ?? {}) as Readonly<Record<string, unknown>>
  let leaf = auth
  const path = [auth]
  for (let fields = auth.fields; ; fields = { ...fields, ...leaf.fields }) {
    checkFields(fields)
    const { settings, faults } = checkForm(fields, given)
    const { discriminator } = leaf
    // Nothing can be chosen by a faulty value; then only the fields so far are judged.
    const stuck = faults.some(({ field }) => discriminator === undefined || field === discriminator)
    if (leaf.select && !stuck) {
      leaf = leaf.select(settings)
      path.push(leaf)
      continue
    }
    const all = [...faults, ...strangers(auth, fields, given)]
    if (all.length === 0) return { settings, leaf, path, fields }
    const list = all.map(({ field, problem }) => `${field}: ${problem}`).join(' ')
    throw new AuthError('settings_invalid', `The settings for "${auth.scheme}" are not valid. ${list}`, {
      scheme: leaf.scheme,
      faults: all,
    })
  }
}

/** Every field that a strategy may ask for, those of all its options included. */
export function fieldsOf({ fields, choices = {} }: AuthStrategy): Fields {
  return Object.assign({}, ...Object.values(choices).map(fieldsOf), fields) as Fields
}

function strangers(auth: AuthStrategy, asked: Fields, given: Readonly<Record<string, unknown>>): Fault[] {
  const known = Object.keys({ ...fieldsOf(auth), ...asked })
  return Object.keys(given).flatMap((key) => {
    if (known.includes(key) || given[key] === undefined) return []
    const near = known.find((name) => isNear(key, name))
    const hint = near === undefined ? '.' : `; did you mean "${near}"?`
    return [
      {
        field: key.replace(/[^ -~]/g, '?').slice(0, 64),
        problem: `This is not a field of "${auth.scheme}"${hint}`,
      },
    ]
  })
}

/** Case, dashes and the like aside, at most two letters in one place are different. */
function isNear(...names: [string, string]): boolean {
  const [a, b] = names.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, '')) as [string, string]
  const shorter = Math.min(a.length, b.length)
  let same = 0
  while (same < shorter && a[same] === b[same]) same++
  for (let end = 1; same < shorter && a.at(-end) === b.at(-end); end++) same++
  return shorter > 2 && Math.max(a.length, b.length) - same <= 2
}
