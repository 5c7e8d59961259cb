import { below, invalid, isObject, unknownMembers, type Warning } from '@latchkey/core/definition'
import { checkFormulas } from '../formula/check.ts'
import { checkAuth } from './check.ts'
import { fileFinder, type FileFinder } from './files.ts'
import { fromFile, methodOf, type Place } from './method.ts'
import { authMembers, connectorMembers, methods } from './names.ts'
import type { AuthType, Definition, Files, Implementation, Ui } from './types.ts'

type Members = Readonly<Record<string, unknown>>

/** A definition in its one canonical shape, with what was noticed on the way. */
export interface Normalised {
  readonly definition: Definition
  readonly warnings: readonly Warning[]
}

/**
 * Reads a definition in any of the three dialects: with `auth` around it or not, methods in files, inline or as
 * functions, old names or new ones. `files` holds by path what the host has parsed or imported; only own members count.
 * @throws {AuthError} definition_invalid or unsupported, with the path in the file
 */
export function normalise(spec: unknown, files: Files = {}, at = ''): Normalised {
  if (!isObject(spec)) throw invalid(at, 'must be an object: the parsed YAML or JSON of a connector.')
  if (isObject(spec['default']) && ['type', 'auth', 'options'].every((name) => spec[name] === undefined))
    throw invalid(at, 'is a module; give the definition that it exports, its member default.')
  const warnings: Warning[] = []
  const warn = (list: readonly Warning[]): void => void warnings.push(...list)
  const whole = spec as Members
  const wrapped = isObject(whole.auth)
  const auth = wrapped ? (whole.auth as Members) : whole
  const place = wrapped ? below(at, 'auth') : at
  checkAuth(auth, wrapped || isClassic(auth) ? 'classic' : 'inline', place)
  if (wrapped) warn(unknownMembers(spec, ['auth', ...connectorMembers], at))
  const finder = fileFinder(files)
  const definition = read(
    { ...inheritedFromConnector(whole, wrapped), ...auth },
    { at: place, folders: ['auth/', ''], finder, warn },
    wrapped ? [] : connectorMembers,
  )
  warn(
    finder
      .unused()
      .map((path) => ({ path, message: 'No method of the definition is in this file; see its name.' })),
  )
  const key = textOf(whole.key)
  const name = textOf(whole.name) ?? textOf(whole.title)
  return { definition: { ...definition, ...(key && { key }), ...(name && { name }) }, warnings }
}

/** Classic methods say `implementationType`, and their bodies are in files. */
const isClassic = (auth: Members): boolean =>
  Object.values(auth).some((member) => isObject(member) && 'implementationType' in member)

/** The parameters of a connector stand beside its `auth` as well as in it. */
const inheritedFromConnector = (whole: Members, wrapped: boolean): Members =>
  wrapped && whole.parametersSchema !== undefined ? { parametersSchema: whole.parametersSchema } : {}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function read(auth: Members, place: Place, also: readonly string[], isOption = false): Definition {
  const { at, warn } = place
  const names = methods.flatMap(({ name, old }) => [name, ...old])
  warn(unknownMembers(auth as never, [...authMembers, ...names, ...also], at))
  const ui = uiOf(auth, place, isOption)
  const found = methods.flatMap((method): [string, Implementation][] => {
    const named = [method.name, ...method.old].filter((each) => auth[each] != null)
    const [given, ...older] = named
    warn(
      older.map((each) => ({
        path: below(at, each),
        message: `${String(given)} is there as well, and counts.`,
      })),
    )
    // A file without a word about it counts for the connector; an option says which methods are its own.
    const own =
      given === undefined
        ? isOption
          ? fromFile(method, undefined, { ...place, folders: place.folders.slice(0, -2) })
          : fromFile(method, undefined, place)
        : methodOf(method, auth[given], place)
    return own === undefined ? [] : [[method.name, own]]
  })
  warn(checkFormulas(auth.enabled, below(at, 'enabled')))
  const inputSchema = auth.inputSchema ?? ui?.schema
  return {
    at,
    ...texts(auth, ['title', 'description', 'proxyKey'], at),
    ...(auth.type !== undefined && { type: auth.type as AuthType }),
    ...(inputSchema != null && { inputSchema }),
    ...members(auth, ['parametersSchema', 'credentialsSchema', 'customCredentialsSchema', 'enabled']),
    ...(ui && { ui }),
    ...Object.fromEntries(found),
    ...(isObject(auth.options) && !isOption && { options: optionsIn(auth.options, place) }),
  }
}

function optionsIn(options: Members, place: Place): Readonly<Record<string, Definition>> {
  const { at, folders, warn } = place
  return Object.fromEntries(
    Object.entries(options).map(([key, option]) => {
      const where = below(below(at, 'options'), key)
      const own = option as Members
      if (own.options !== undefined)
        warn([
          {
            path: below(where, 'options'),
            message: 'An option has no options of its own; they are passed over.',
          },
        ])
      const nested = [`auth/options/${key}/`, `options/${key}/`, `auth/${key}/`, ...folders]
      return [key, read(own, { ...place, at: where, folders: nested }, [], true)]
    }),
  )
}

function uiOf(auth: Members, { at, finder, warn }: Place, isOption: boolean): Ui | undefined {
  const file = isOption ? undefined : uiFile(finder)
  const given = auth.ui ?? file
  const place = below(at, 'ui')
  if (given !== undefined && given !== null && !isObject(given)) throw invalid(place, 'must be an object.')
  const ui: Members = isObject(given) ? given : {}
  warn(unknownMembers(ui as never, ['schema', 'title', 'description', 'helpUri', 'test'], place))
  const help = ui.helpUri ?? auth.helpUri
  const made = {
    ...members(ui, ['schema']),
    ...texts(ui, ['description'], place),
    ...texts({ helpUri: help }, ['helpUri'], place),
  }
  return Object.keys(made).length === 0 ? undefined : made
}

const uiFile = (finder: FileFinder): unknown => finder.find(['ui'], ['auth/', ''], 'mapping')?.content

function texts(auth: Members, names: readonly string[], at: string): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = auth[name]
      if (value === undefined || value === null) return []
      if (typeof value !== 'string') throw invalid(below(at, name), 'must be a text.')
      return [[name, value]]
    }),
  )
}

const members = (auth: Members, names: readonly string[]): Members =>
  Object.fromEntries(names.flatMap((name) => (auth[name] == null ? [] : [[name, auth[name]]])))
