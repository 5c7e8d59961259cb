import { isAuthError } from '@latchkey/core'
import { isObject, type Imported } from '@latchkey/core/definition'
import { basename, dirname, isAbsolute, join } from 'node:path'
import type { Source } from '../connector/source.ts'
import { exit, failure, usage } from '../output/failure.ts'
import { printable } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'
import { destinationIn, formatOf } from './detect.ts'
import { formats, type Format, type ReadOptions } from './formats.ts'
import { parseDefinition } from './parse.ts'

/** A definition that was written for another system, read. */
export interface Definition {
  readonly format: Format
  readonly imported: Imported
  /** The file that was read; for a folder, the one in it. */
  readonly path: string
  /** As it was parsed or imported. */
  readonly content: unknown
  /** The folder of the files beside it. */
  readonly folder: string
  /** Paths of the files that were read beside it, below that folder. */
  readonly beside: readonly string[]
}

type Reading = Pick<Terminal, 'files' | 'load' | 'readers'>

/** The names under which a folder's definition is looked for. */
const names = ['spec.yml', 'spec.yaml', 'src/spec.yml', 'manifest.yaml', 'manifest.yml', 'spec.json']

/** Whether a path leads to data, and not to a module. */
export async function isData({ files }: Pick<Terminal, 'files'>, { module }: Source): Promise<boolean> {
  return data.test(module) || (isAbsolute(module) && (await files.list(module)) !== undefined)
}

/** Reads a file, or a folder with a definition and the files beside it. */
export async function loadData(terminal: Reading, source: Source): Promise<Definition> {
  const { path, folder } = await placeOf(terminal, source)
  const text = await terminal.files.read(path)
  if (text === undefined) throw usage(`There is no file ${path}.`, 'Give the path of the definition.')
  const first = await parseDefinition(text, path)
  if (!isObject(first)) {
    const what = first === null || first === undefined ? 'is empty' : 'holds no names with values'
    throw failure(
      exit.code,
      `${path} ${what}, so it is no definition.`,
      'Name the file of a definition, or have its author correct it.',
    )
  }
  const format = source.format ?? formatOf(first)
  if (format === undefined) {
    throw usage(
      `It is not clear which system ${path} was written for.`,
      `Say so with --from ${formats.join(', --from ')}.`,
    )
  }
  if (format === 'segment') {
    throw usage(`${path} is no module.`, 'Name the TypeScript or JavaScript module of the destination.')
  }
  const content = format === 'airbyte' ? await parseDefinition(text, path, '1.1') : first
  const all = format === 'membrane' && folder !== undefined ? await terminal.files.list(folder) : undefined
  const beside = (all ?? []).filter((each) => join(folder ?? '', each) !== path && isReadable(each, source))
  const files = await Promise.all(
    beside.map(async (each) => [each, await fileOf(terminal, source, join(folder ?? '', each))] as const),
  )
  const imported = await readWith(terminal, format, path, content, {
    stream: source.stream,
    ...(files.length > 0 && { files: Object.fromEntries(files) }),
    baseUrl: source.baseUrl,
    origins: source.origins,
  })
  return { format, imported, path, content, folder: folder ?? dirname(path), beside }
}

/** The file of a definition, and the folder whose other files belong to it. */
async function placeOf(
  { files }: Reading,
  { module }: Source,
): Promise<{ readonly path: string; readonly folder: string | undefined }> {
  const inside = await files.list(module)
  if (inside === undefined) {
    return { path: module, folder: names.includes(basename(module)) ? dirname(module) : undefined }
  }
  const name = names.find((each) => inside.includes(each))
  if (name !== undefined) return { path: join(module, name), folder: module }
  throw usage(`There is no definition in ${module}.`, `Name its file, or call it ${names[0] ?? ''}.`)
}

/** Reads a destination out of a module's exports; undefined where there is none. */
export async function loadModule(
  terminal: Reading,
  source: Source,
  exported: Readonly<Record<string, unknown>>,
): Promise<Definition | undefined> {
  const content = destinationIn(exported, source.export)
  if (content === undefined || (source.format ?? 'segment') !== 'segment') return undefined
  const { baseUrl, origins } = source
  const imported = await readWith(terminal, 'segment', source.module, content, { baseUrl, origins })
  return {
    format: 'segment',
    imported,
    path: source.module,
    content,
    folder: dirname(source.module),
    beside: [],
  }
}

const data = /\.(?:ya?ml|json)$/i
const code = /(?<!\.d)\.[cm]?[jt]s$/

/** What a reader throws that is no `AuthError` is the definition's fault too: an option that cannot work, say. */
async function readWith(
  { readers }: Reading,
  format: Format,
  path: string,
  content: unknown,
  options: ReadOptions,
): Promise<Imported> {
  try {
    return await readers[format](content, options)
  } catch (error) {
    if (isAuthError(error)) throw error
    const why = error instanceof Error ? printable(error.message).slice(0, 300) : 'it is not understood'
    throw failure(
      exit.code,
      `${path} cannot be used: ${why}`,
      'The author of the definition must correct it.',
      error,
    )
  }
}

/** Files of the project around a definition. */
const foreign = /(?:^|\/)(?:package(?:-lock)?|tsconfig[^/]*)\.json$/

const isReadable = (path: string, source: Source): boolean =>
  (data.test(path) && !foreign.test(path)) || (source.code === true && code.test(path))

async function fileOf({ files, load }: Reading, { from }: Source, path: string): Promise<unknown> {
  if (code.test(path)) return load(path, from)
  return parseDefinition((await files.read(path)) ?? '', path)
}
