import { connect, type Connection } from '@latchkey/core'
import { fromMembrane, type MembraneImport, type MembraneOptions } from '@latchkey/format-membrane'
import { network, type Sent } from '../../../../../tools/network.ts'

export const base = 'https://api.acme.test/v1'

type Methods = Readonly<Record<string, unknown>>

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** A definition of the dialect with files: a function is an imported one, `{ rest: … }` a REST mapping, the rest mappings. */
export function define(auth: object, methods: Methods, more: MembraneOptions = {}): MembraneImport {
  const kindOf = (value: unknown): [kind: string, ending: string, content: unknown] =>
    typeof value === 'function'
      ? ['javascript', 'js', value]
      : typeof value === 'object' && value !== null && 'rest' in value
        ? ['rest-api-mapping', 'rest.yml', value.rest]
        : ['mapping', 'map.yml', value]
  const parts = Object.entries(methods).map(([name, value]) => [name, kindOf(value)] as const)
  return fromMembrane(
    {
      auth: {
        ...auth,
        ...Object.fromEntries(parts.map(([name, [kind]]) => [name, { implementationType: kind }])),
      },
    },
    {
      ...more,
      files: {
        ...Object.fromEntries(
          parts.map(([name, [, ending, content]]) => [`auth/${kebab(name)}.${ending}`, content]),
        ),
        ...more.files,
      },
    },
  )
}

/** A connection in memory, and what it sent. */
export function open(
  { connector }: MembraneImport,
  settings: object,
  answer?: (request: Sent, count: number) => Response,
  more: object = {},
): { readonly connection: Connection; readonly sent: readonly Sent[] } {
  const { fetch, sent } = network(answer)
  return { connection: connect(connector, { settings, fetch, ...more }), sent }
}

/** A text property that is a secret, and one that is not. */
export const schemaOf = (...names: readonly string[]): object => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string', title: name }])),
})

export const key = { type: 'client-credentials', ui: { schema: schemaOf('apiKey') } }
export const keyClient = { baseUri: base, headers: { 'X-Api-Key': { $var: 'credentials.apiKey' } } }
