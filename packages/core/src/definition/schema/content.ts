import type { Condition, Field } from '../../fields/field.ts'
import { invalid } from '../problems.ts'
import type { Kind } from './property.ts'

/** One value of a configuration, and the field that it is on the form. */
export interface Leaf {
  readonly name: string
  readonly path: readonly string[]
  readonly kind: Kind
  readonly field: Field
}

/** One of several forms of an object. */
export interface GroupOption {
  readonly value: string
  /** Members that this form must have, and those that it may have. */
  readonly required: readonly string[]
  readonly known: readonly string[]
}

/** An object with several forms, told apart by the value of the field `discriminator`. */
export interface Group {
  readonly path: readonly string[]
  readonly discriminator: string
  /** Where the configuration says which; undefined: it does not, and its members tell. */
  readonly at: readonly string[] | undefined
  readonly options: readonly GroupOption[]
  /** Of an object inside another choice: under which choices it is asked at all. */
  readonly when?: Condition | undefined
}

/** The alternatives at the place that was asked for. */
export interface Branches {
  readonly group: Group
  readonly title: string | undefined
  readonly description: string | undefined
  readonly options: readonly {
    readonly value: string
    readonly title: string | undefined
    readonly description: string | undefined
    readonly content: Content
  }[]
}

/** What a schema, or one branch of it, holds. */
export interface Content {
  readonly leaves: readonly Leaf[]
  readonly groups: readonly Group[]
  readonly branches?: Branches | undefined
}

/** Nothing. */
export const empty: Content = { leaves: [], groups: [] }

/**
 * All of them together; what stands first wins where two have one name.
 * @throws {AuthError} definition_invalid
 */
export function joined(parts: readonly Content[]): Content {
  const leaves = new Map<string, Leaf>()
  for (const leaf of parts.flatMap((part) => part.leaves)) {
    const { path } = leaves.get(leaf.name) ?? leaf
    if (path.length !== leaf.path.length) {
      throw invalid(
        leaf.name,
        'two properties have this name on the form, because one of them has a dot in it; rename it',
      )
    }
    if (!leaves.has(leaf.name)) leaves.set(leaf.name, leaf)
  }
  return {
    leaves: [...leaves.values()],
    groups: parts.flatMap(({ groups }) => groups),
    branches: parts.find(({ branches }) => branches !== undefined)?.branches,
  }
}
