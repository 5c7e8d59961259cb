import type { Implementation, Files } from './types.ts'

/** The endings of the files of each kind of function; the first is what errors propose. membrane.md section 6. */
const endings: Readonly<Partial<Record<Implementation['kind'], readonly string[]>>> = {
  'rest-api-mapping': ['.rest.yml', '.api.yml'],
  'graphql-api-mapping': ['.graphql.yml'],
  'operation-mapping': ['.op.yml'],
  javascript: ['.js', '.ts', '.mjs', '.mts', '.cjs', '.cts'],
  mapping: ['.map.yml', '.yml'],
}

/** A file that was found, by the kind that its ending says. */
export interface FoundFile {
  readonly path: string
  readonly content: unknown
  readonly kind: Implementation['kind']
}

/** `./src/auth/test.yaml` as `auth/test.yml`. */
const canonical = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/^src\//, '')
    .replace(/\.(?:yaml|json)$/, '.yml')

/** Looks files up by folder and name: the first folder that has one wins. */
export interface FileFinder {
  find(
    names: readonly string[],
    folders: readonly string[],
    kind?: Implementation['kind'],
  ): FoundFile | undefined
  /** The paths that nobody has asked for. */
  unused(): readonly string[]
}

/** Finds a definition's files; folders end in a slash. */
export function fileFinder(files: Files): FileFinder {
  const known = new Map(Object.keys(files).map((path) => [canonical(path), path]))
  const used = new Set<string>()
  return {
    find(names, folders, kind) {
      const kinds = Object.entries(endings).filter(([each]) => kind === undefined || each === kind)
      for (const folder of folders) {
        for (const name of names) {
          for (const [each, list] of kinds) {
            const path = list
              .map((ending) => known.get(`${folder}${name}${ending}`))
              .find((one) => one !== undefined)
            if (path === undefined) continue
            used.add(path)
            return { path, content: files[path], kind: each as Implementation['kind'] }
          }
        }
      }
      return undefined
    },
    unused: () => [...known.values()].filter((path) => !used.has(path)),
  }
}

/** Where a file of a kind would be looked for first. */
export const proposedPath = (name: string, folder: string, kind: Implementation['kind']): string =>
  `${folder}${name}${endings[kind]?.[0] ?? '.js'}`
