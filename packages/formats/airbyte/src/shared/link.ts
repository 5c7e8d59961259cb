import type { Json } from '@latchkey/core'
import { invalid, isObject, memberAt, type JsonObject } from '@latchkey/core/definition'
import { sameAuthenticator } from '../resolve/index.ts'
import { sameMeaning } from '../template/index.ts'
import { authenticatorsByPath } from './authenticators.ts'
import { withValueAt } from './put.ts'

/** A member in which authenticators differ. It may hold a literal secret: show it to the author of the manifest only. */
export interface Difference {
  /** Below the authenticator, with dots: `inject_into.field_name`. */
  readonly member: string
  readonly values: readonly {
    /** Absent where the member is not there. */
    readonly value: Json | undefined
    readonly paths: readonly string[]
  }[]
}

/** A manifest that was changed, or what must be decided first. */
export type Linked = { readonly manifest: JsonObject } | { readonly differences: readonly Difference[] }

/**
 * Makes one authenticator of several: it moves to `definitions.linked`, and each place refers to it. Where they differ,
 * `keep` is the place whose value wins; without it the answer says in what they differ. Pure.
 * @throws {AuthError} definition_invalid for a place without an authenticator
 */
export function link(manifest: unknown, paths: readonly string[], keep?: string): Linked {
  const known = authenticatorsByPath(manifest)
  const found = paths.map((path) => ({ path, value: authenticatorAt(known, path) }))
  const [first] = found
  if (first === undefined || !isObject(manifest))
    throw invalid('', 'name the places of the authenticators to link')
  const kept = keep === undefined ? first : found.find(({ path }) => path === keep)
  if (kept === undefined) throw invalid(keep ?? '', 'this is none of the places that are to be linked')
  const isOne = found.every(({ value }) => sameAuthenticator(value, first.value, sameMeaning))
  if (!isOne && keep === undefined) return { differences: differencesOf(found) }
  const { manifest: prepared, reference } = withLinked(manifest, kept.value)
  return {
    manifest: paths.reduce((whole, path) => withValueAt(whole, path, { $ref: reference }), prepared),
  }
}

/**
 * Gives a place an authenticator of its own, equal to the one that it shared. Pure.
 * @throws {AuthError} definition_invalid for a place without an authenticator
 */
export function unlink(manifest: unknown, path: string): JsonObject {
  const value = authenticatorAt(authenticatorsByPath(manifest), path)
  return withValueAt(manifest as JsonObject, path, value)
}

function authenticatorAt(known: ReadonlyMap<string, JsonObject>, path: string): JsonObject {
  const value = known.get(path)
  if (value) return value
  const places = [...known.keys()].slice(0, 5).join(', ')
  throw invalid(path, `there is no authenticator here; there are ${places === '' ? 'none' : places}`)
}

/** The place of linked authenticators, as Airbyte's own editor has it. */
const home = ['definitions', 'linked', 'HttpRequester'] as const

function withLinked(manifest: JsonObject, value: JsonObject): { manifest: JsonObject; reference: string } {
  const linked = memberAt(manifest, home)
  const entries = Object.entries(isObject(linked) ? linked : {})
  const same = entries.find(([, each]) => sameAuthenticator(each, value, sameMeaning))?.[0]
  const taken = new Set(entries.map(([name]) => name))
  let name = same ?? 'authenticator'
  for (let count = 2; same === undefined && taken.has(name); count++) name = `authenticator_${count}`
  const [definitions, group, kind] = home
  const own = { ...objectAt(manifest, home), [name]: value }
  const groups = { ...objectAt(manifest, home.slice(0, 2)), [kind]: own }
  return {
    manifest: { ...manifest, [definitions]: { ...objectAt(manifest, home.slice(0, 1)), [group]: groups } },
    reference: `#/${[...home, name].join('/')}`,
  }
}

function objectAt(manifest: JsonObject, path: readonly string[]): JsonObject {
  const found = memberAt(manifest, path)
  return isObject(found) ? found : {}
}

function differencesOf(found: readonly { path: string; value: JsonObject }[]): Difference[] {
  const members = [
    ...new Set(found.flatMap(({ value }) => membersOf(value, [])).map((path) => path.join('.'))),
  ]
  return members.flatMap((member) => {
    const values: { value: Json | undefined; paths: string[] }[] = []
    for (const { path, value } of found) {
      const own = memberAt(value, member.split('.')) as Json | undefined
      const known = values.find((each) => sameAuthenticator(each.value, own, sameMeaning))
      if (known) known.paths.push(path)
      else values.push({ value: own, paths: [path] })
    }
    return values.length < 2 ? [] : [{ member, values }]
  })
}

/** Every member that is no object, by its path. */
function membersOf(value: JsonObject, path: readonly string[]): (readonly string[])[] {
  return Object.entries(value).flatMap(([name, each]) =>
    isObject(each) && Object.keys(each).length > 0 ? membersOf(each, [...path, name]) : [[...path, name]],
  )
}
