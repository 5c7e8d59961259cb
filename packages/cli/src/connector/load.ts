import { defineConnector, isAuthError, type AuthStrategy, type Connector } from '@latchkey/core'
import { isData, loadData, loadModule, type Definition } from '../definition/load.ts'
import { exit, failure, isFailure, usage } from '../output/failure.ts'
import { printable } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'
import type { Source } from './source.ts'

export interface Loaded {
  readonly connector: Connector
  readonly source: Source
  /** What the connector was made of, where it was written for another system. */
  readonly definition?: Definition | undefined
}

/** A connector from wherever it comes: a module, or a definition of another system. */
export async function loadConnector(
  terminal: Pick<Terminal, 'load' | 'files' | 'readers'>,
  source: Source,
): Promise<Loaded> {
  if (await isData(terminal, source)) return ofDefinition(await loadData(terminal, source), source)
  const exported = await loadExports(terminal, source)
  const definition = await loadModule(terminal, source, exported)
  if (definition) return ofDefinition(definition, source)
  return { source, connector: addressed(pick(exported, source), source) }
}

function ofDefinition(definition: Definition, source: Source): Loaded {
  return { source, definition, connector: addressed(definition.imported.connector, source) }
}

function addressed(connector: Connector, { baseUrl }: Source): Connector {
  return baseUrl === undefined ? connector : readdressed(connector, baseUrl)
}

async function loadExports(
  terminal: Pick<Terminal, 'load'>,
  source: Source,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await terminal.load(source.module, source.from)
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
