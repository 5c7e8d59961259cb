import type { Condition, Field, TextField } from '../../fields/field.ts'
import { choicesOf } from '../../fields/value.ts'
import type { Group, Leaf } from './content.ts'
import type { Reading } from './reading.ts'

/**
 * Fields of alternatives, each under the condition that one of those was chosen that have it. Where they describe it
 * differently, the first is shown.
 */
export function conditional(
  discriminator: string,
  options: readonly { readonly value: string; readonly leaves: readonly Leaf[] }[],
  where: string,
  reading: Reading,
): Leaf[] {
  const found = new Map<string, [Case, ...Case[]]>()
  for (const { value, leaves } of options) {
    for (const leaf of leaves) {
      const before = found.get(leaf.name)
      found.set(leaf.name, before ? [...before, { value, leaf }] : [{ value, leaf }])
    }
  }
  return [...found.values()].map((cases) => {
    const [{ leaf }] = cases
    if (cases.some((each) => each.leaf.kind !== leaf.kind)) {
      reading.warn(
        where,
        `"${leaf.name}" has several types here; the form takes that of the first alternative.`,
      )
    }
    const asked = cases.flatMap(({ value, leaf: { field } }) =>
      field.required === undefined || field.required === false
        ? []
        : [{ value, also: field.required === true ? undefined : field.required }],
    )
    const always = asked.length === cases.length && asked.every(({ also }) => also === undefined)
    const { required: _required, ...field } = shown(cases)
    const when = anyOf(
      discriminator,
      cases.map(({ value, leaf: { field: own } }) => ({ value, also: own.when })),
    )
    const required = always || (asked.length > 0 && anyOf(discriminator, asked))
    return { ...leaf, field: { ...field, ...(required !== false && { required }), when } }
  })
}

interface Case {
  readonly value: string
  readonly leaf: Leaf
}

/** The first one's field, with the choices of all and a default that is that of all. */
function shown(cases: readonly [Case, ...Case[]]): Field {
  const fields = cases.map(({ leaf }) => leaf.field)
  const { choices: _choices, default: given, ...field } = cases[0].leaf.field as TextField
  const choices = fields.map((each) => choicesOf(each))
  const all = new Map(choices.flatMap((each) => each ?? []).map((choice) => [choice.value, choice]))
  return {
    ...field,
    ...(!choices.includes(undefined) && { choices: [...all.values()] }),
    ...(given !== undefined && fields.every((each) => each.default === given) && { default: given }),
  }
}

/** The groups inside an option, under the condition that this was chosen. */
export function under(field: string, is: string, groups: readonly Group[]): Group[] {
  return groups.map((group) => ({ ...group, when: anyOf(field, [{ value: is, also: group.when }]) }))
}

function anyOf(
  field: string,
  cases: readonly { readonly value: string; readonly also: Condition | undefined }[],
): Condition {
  const plain = cases.filter(({ also }) => also === undefined).map(({ value }) => value)
  const conditions: Condition[] = [
    ...(plain.length > 0 ? [{ field, is: plain.length === 1 ? (plain[0] ?? '') : plain }] : []),
    ...cases.flatMap(({ value, also }) =>
      also === undefined ? [] : [{ all: [{ field, is: value }, also] }],
    ),
  ]
  return conditions.length === 1 ? (conditions[0] as Condition) : { any: conditions }
}
