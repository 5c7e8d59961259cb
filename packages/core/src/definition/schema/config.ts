import type { Json } from '../../context.ts'
import { AuthError, type Fault } from '../../errors.ts'
import { conditionHolds } from '../../fields/conditions.ts'
import { problemOf } from '../../fields/value.ts'
import { isObject, memberAt } from '../problems.ts'
import type { JsonObject } from '../types.ts'
import type { Kind } from './property.ts'
import type { Branches, Content, Group, GroupOption, Leaf } from './content.ts'

type Settings = Readonly<Record<string, unknown>>

/**
 * Settings out of a configuration. A value keeps its type; null counts as absent; members that the schema does not name
 * are passed over.
 * @throws {AuthError} settings_invalid with every fault at once, by dotted path and without any value
 */
export function settingsFrom(content: Content, config: JsonObject): Readonly<Record<string, Json>> {
  if (!isObject(config)) throw refused(new Map([['', 'The configuration must be a JSON object.']]))
  const faults = new Map<string, string>()
  const settings = new Map<string, Json>()
  /** Whether there are only objects on the way. */
  const reaches = (path: readonly string[]): boolean => {
    const wrong = path.findIndex((_, length) => {
      const value = memberAt(config, path.slice(0, length))
      return value !== undefined && value !== null && !isObject(value)
    })
    if (wrong >= 0) faults.set(path.slice(0, wrong).join('.'), 'Give an object.')
    return wrong < 0
  }
  const read = ({ leaves, groups, branches }: Content): void => {
    const discriminators = new Set(groups.map(({ discriminator }) => discriminator))
    for (const { name, path, kind } of leaves) {
      if (discriminators.has(name) || !reaches(path)) continue
      const value = memberAt(config, path)
      if (value === undefined || value === null) continue
      const problem = typeProblem(kind, value)
      if (problem !== undefined) faults.set(name, problem)
      else settings.set(name, kind === 'list' || kind === 'object' ? JSON.stringify(value) : (value as Json))
    }
    for (const group of groups) choose(group)
    const option = branches && choose(branches.group)
    const chosen = branches?.options.find(({ value }) => value === option?.value)
    if (chosen) read(chosen.content)
  }
  const choose = (group: Group): GroupOption | undefined => {
    if (group.when && !conditionHolds(group.when, Object.fromEntries(settings))) return undefined
    const object = memberAt(config, group.path)
    const { discriminator, options } = group
    if (object === undefined || object === null || !reaches([...group.path, ''])) return undefined
    const option = optionOf(group, object, memberAt(config, group.at ?? []))
    if (option !== undefined) settings.set(discriminator, option.value)
    else faults.set(discriminator, `Choose one of: ${options.map(({ value }) => value).join(', ')}.`)
    return option
  }
  read(content)
  if (faults.size > 0) throw refused(faults)
  return Object.fromEntries(settings)
}

/** By its discriminator; where that is absent, by what is there: an option that asks for it and knows all of it first. */
function optionOf({ at, options }: Group, object: unknown, told: unknown): GroupOption | undefined {
  if (!isObject(object)) return undefined
  if (at !== undefined && told !== undefined && told !== null)
    return options.find(({ value }) => value === told)
  const names = Object.keys(object)
  const complete = options.filter(({ required }) => required.every((name) => names.includes(name)))
  return complete.find(({ known }) => names.every((name) => known.includes(name))) ?? complete[0]
}

/**
 * The configuration that these settings stand for, with the fields only that hold under them.
 * @throws {AuthError} settings_invalid with every fault at once
 */
export function configFrom(content: Content, settings: Settings): JsonObject {
  const faults = new Map<string, string>()
  const config: Record<string, unknown> = {}
  const invented = new Set<string>()
  const write = ({ name, path, kind, field }: Leaf): void => {
    const value = Object.hasOwn(settings, name) ? settings[name] : undefined
    if (value === undefined || value === '' || invented.has(name)) return
    if (field.when && !conditionHolds(field.when, settings)) return
    const written =
      typeof value === 'string' && (kind === 'list' || kind === 'object') ? parsed(value) : value
    const problem = typeProblem(kind, written)
    if (problem === undefined) put(config, path, written)
    else faults.set(name, problem)
  }
  const all = ({ leaves, groups, branches }: Content): void => {
    for (const { at, discriminator } of groups) if (at === undefined) invented.add(discriminator)
    leaves.forEach(write)
    if (branches) branch(branches)
  }
  const branch = ({ group: { at, discriminator }, options }: Branches): void => {
    const chosen = options.find(
      ({ value }) => Object.hasOwn(settings, discriminator) && settings[discriminator] === value,
    )
    if (!chosen) return
    if (at) put(config, at, chosen.value)
    all(chosen.content)
  }
  all(content)
  if (faults.size > 0) throw refused(faults)
  return config as JsonObject
}

/** Every name on the way was refused as `__proto__` when the schema was read. */
function put(config: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = config
  for (const name of path.slice(0, -1)) {
    if (!Object.hasOwn(at, name)) at[name] = {}
    at = at[name] as Record<string, unknown>
  }
  at[path.at(-1) ?? ''] = value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function typeProblem(kind: Kind, value: unknown): string | undefined {
  if (kind === 'list') return Array.isArray(value) ? undefined : 'Give a list, as JSON.'
  if (kind === 'object') return isObject(value) ? undefined : 'Give an object, as JSON.'
  if (kind === 'integer' && typeof value === 'number' && !Number.isInteger(value))
    return 'Give a whole number.'
  const type = kind === 'text' ? 'string' : kind === 'boolean' ? 'boolean' : 'number'
  return typeof value === type && type !== 'number' ? undefined : problemOf({ type, label: '' }, value)
}

function refused(problems: ReadonlyMap<string, string>): AuthError {
  const faults: Fault[] = [...problems].map(([field, problem]) => ({ field, problem }))
  const list = faults.map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`)).join(' ')
  return new AuthError('settings_invalid', `The configuration is not valid. ${list}`, { faults })
}
