import { defineConnector, isAuthError, type AuthStrategy, type Connector } from '@latchkey/core'
import { isAbsolute, resolve } from 'node:path'
import { exit, failure, isFailure, usage } from '../output/failure.ts'
import { printable } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'

/** Where a connector comes from; holds no secret. */
export interface Source {
  /** An absolute path, or the name of a package. */
  readonly module: string
  /** The folder that a package is looked up from. */
  readonly from: string
  /** The export that was picked by name. */
  readonly export?: string | undefined
  /** What replaces the connector's base URL and origins. */
  readonly baseUrl?: string | undefined
}

export interface Loaded {
  readonly connector: Connector
  readonly source: Source
}

/** Takes `./path.ts#name` or `package#name` apart; a path becomes absolute. */
export function sourceOf(spec: string, cwd: string, baseUrl?: string): Source {
  const at = spec.lastIndexOf('#')
  const [module, name] = at < 0 ? [spec, undefined] : [spec.slice(0, at), spec.slice(at + 1)]
  if (module === '' || name === '')
    throw usage(
      `"${spec}" names no connector.`,
      'Write a path or a package, such as ./acme.ts or ./acme.ts#name.',
    )
  const isPath = /^\.{1,2}([\\/]|$)/.test(module) || isAbsolute(module) || /\.[cm]?[jt]s$/.test(module)
  return {
    module: isPath ? resolve(cwd, module) : module,
    from: cwd,
    ...(name !== undefined && { export: name }),
    ...(baseUrl !== undefined && { baseUrl }),
  }
}

/** Imports the module of a connector and picks the connector from it. */
export async function loadConnector(terminal: Pick<Terminal, 'load'>, source: Source): Promise<Loaded> {
  let exported: Readonly<Record<string, unknown>>
  try {
    exported = await terminal.load(source.module, source.from)
  } catch (error) {
    if (isFailure(error)) throw error
    const why =
      isAuthError(error) || error instanceof Error
        ? firstLine(error.message)
        : 'it throws something that is no error'
    throw failure(
      exit.code,
      `${source.module} cannot be loaded: ${why}`,
      'The author of the connector must correct it.',
      error,
    )
  }
  const connector = pick(exported, source)
  return {
    source,
    connector: source.baseUrl === undefined ? connector : readdressed(connector, source.baseUrl),
  }
}

function firstLine(text: string): string {
  return printable(text.split('\n')[0] ?? '').slice(0, 300)
}

/** The export of that name, else the default export, else the only export that is a connector. */
export function pick(
  exported: Readonly<Record<string, unknown>>,
  source: Pick<Source, 'module' | 'export'>,
): Connector {
  const { default: main } = exported
  // A CommonJS module arrives whole as the default export.
  const all = {
    ...(typeof main === 'object' ? (main as Readonly<Record<string, unknown>>) : {}),
    ...exported,
  }
  const names = Object.keys(all).filter((name) => looksLikeConnector(all[name]))
  const chosen = source.export ?? (names.includes('default') || names.length !== 1 ? 'default' : names[0])
  const connector = chosen === undefined ? undefined : all[chosen]
  if (looksLikeConnector(connector)) return connector
  const named = names.filter((name) => name !== 'default')
  const choice =
    named.length > 0 ? `Pick one: ${named.map((name) => `${source.module}#${name}`).join(', ')}.` : undefined
  if (source.export !== undefined) {
    throw usage(
      `${source.module} exports no connector "${source.export}".`,
      choice ?? 'Export what defineConnector() returns.',
    )
  }
  throw usage(
    choice === undefined
      ? `${source.module} exports no connector.`
      : `${source.module} exports several connectors.`,
    choice ?? 'Export what defineConnector() returns, by default or under a name.',
  )
}

function looksLikeConnector(value: unknown): value is Connector {
  if (typeof value !== 'object' || value === null || !('auth' in value) || !('key' in value)) return false
  const { auth, key } = value
  return typeof key === 'string' && typeof auth === 'object' && auth !== null && 'apply' in auth
}

/** The connector at another address: neither its own nor an option's base URL and origins count any more. */
export function readdressed(connector: Connector, baseUrl: string): Connector {
  if (!URL.canParse(baseUrl))
    throw usage('--base-url is not a URL.', 'Write a whole one, such as https://sandbox.example.com/v1.')
  const { origins: _, originPatterns: __, ...rest } = connector
  try {
    return defineConnector({ ...rest, baseUrl, auth: withoutAddress(connector.auth) })
  } catch (error) {
    throw usage(
      `--base-url cannot be used: ${error instanceof Error ? error.message : ''}`,
      'Give an https URL; http is for loopback addresses.',
    )
  }
}

function withoutAddress(auth: AuthStrategy): AuthStrategy {
  const { choices } = auth
  const leaves = new Map(Object.values(choices ?? {}).map((choice) => [choice, withoutAddress(choice)]))
  return {
    ...auth,
    baseUrl: undefined,
    origins: undefined,
    ...(auth.select && {
      select: (settings: unknown): AuthStrategy => {
        const leaf = auth.select?.(settings) ?? auth
        return leaves.get(leaf) ?? withoutAddress(leaf)
      },
    }),
    ...(choices && {
      choices: Object.fromEntries(
        Object.entries(choices).map(([id, choice]) => [id, leaves.get(choice) ?? choice]),
      ),
    }),
  }
}
