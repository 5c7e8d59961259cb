import type { Connector } from '@latchkey/core'
import { join } from 'node:path'
import type { Source } from '../connector/source.ts'
import type { Definition } from '../definition/load.ts'
import { literal, settingsType } from './settings-type.ts'

/** What a module is written of. */
export interface Generated {
  readonly connector: Connector
  readonly definition: Definition
  readonly source: Source
  /** A path as the module sees it. */
  readonly beside: (path: string) => string
}

const names = { airbyte: 'fromAirbyte', membrane: 'fromMembrane', segment: 'fromSegment' }

/** A connector module that reads the definition where it is, with the type of its settings. */
export function moduleText(given: Generated): string {
  const { connector, definition } = given
  const { format } = definition
  const reader = names[format]
  const { imports, setup, argument } = format === 'segment' ? ofModule(given) : ofFiles(given)
  const options = optionsText(given)
  return `${[
    `// Written by \`latchkey import\`, to be kept and changed. The definition is read when this is loaded.`,
    `import type { AuthStrategy, Connector } from '@latchkey/core'`,
    `import { ${reader} } from '@latchkey/format-${format}'`,
    ...imports,
    '',
    ...setup,
    `const imported = ${reader}(${argument}${options})`,
    '',
    `/** What a connection is made with: \`connect(connector, { settings })\`. */`,
    `export type Settings = ${settingsType(connector.auth)}`,
    '',
    `/** ${comment(connector.name)} */`,
    `const connector: Connector<AuthStrategy<Settings>> = imported.connector`,
    `export default connector`,
    '',
    `/** From the form of the system that this was written for, and back to it. */`,
    `export const { settingsOf, configOf } = imported`,
  ].join('\n')}\n`
}

interface Parts {
  readonly imports: readonly string[]
  readonly setup: readonly string[]
  readonly argument: string
}

function ofModule({ definition, source, beside }: Generated): Parts {
  const path = literal(beside(definition.path))
  const name = source.export ?? 'default'
  return { imports: [`import { ${name} as destination } from ${path}`], setup: [], argument: 'destination' }
}

/** How the command reads a manifest as well. */
const asPython = [
  `    version: '1.1',`,
  `    maxAliasCount: 1000,`,
  `    // Dates stay text.`,
  `    customTags: (tags) =>`,
  `      tags.filter((tag) => typeof tag === 'string' || !tag.tag.endsWith(':timestamp')),`,
]

function ofFiles({ definition: { path, folder, beside: others, format }, beside }: Generated): Parts {
  const options = format === 'airbyte' ? [`, {`, ...asPython, `  }`] : []
  const data = others.filter((each) => !isCode(each))
  const code = others.filter(isCode)
  const files = [
    ...data.map((each) => `  ${literal(each)}: read(${literal(beside(join(folder, each)))}),`),
    ...code.map((each, at) => `  ${literal(each)}: module${at + 1},`),
  ]
  return {
    imports: [
      `import { readFileSync } from 'node:fs'`,
      `import { parse } from 'yaml'`,
      ...code.map((each, at) => `import * as module${at + 1} from ${literal(beside(join(folder, each)))}`),
    ],
    setup: [
      `const read = (path: string): unknown =>`,
      `  parse(readFileSync(new URL(path, import.meta.url), 'utf8')${options.join('\n')})`,
      '',
      ...(files.length > 0 ? [`const files = {`, ...files, `}`] : []),
    ],
    argument: `read(${literal(beside(path))})`,
  }
}

const isCode = (path: string): boolean => /\.[cm]?[jt]s$/.test(path)

function optionsText({ source: { stream, baseUrl, origins }, definition }: Generated): string {
  const isAirbyte = definition.format === 'airbyte'
  const options = [
    ...(isAirbyte && stream !== undefined ? [`stream: ${literal(stream)}`] : []),
    ...(!isAirbyte && baseUrl !== undefined ? [`baseUrl: ${literal(baseUrl)}`] : []),
    ...(!isAirbyte && origins !== undefined ? [`origins: [${origins.map(literal).join(', ')}]`] : []),
    ...(definition.format === 'membrane' && definition.beside.length > 0 ? ['files'] : []),
  ]
  return options.length > 0 ? `, { ${options.join(', ')} }` : ''
}

const comment = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('*/', '* /')
