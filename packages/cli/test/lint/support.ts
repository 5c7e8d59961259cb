import { defineConnector, defineStrategy, type Connector, type Field } from '@latchkey/core'
import type { Definition } from '../../src/definition/load.ts'
import { lint } from '../../src/lint/lint.ts'
import type { Finding } from '../../src/lint/types.ts'

export const key: Field = { type: 'password', label: 'API key', help: 'Under settings', required: true }

/** A connector without a flaw, and with what is said otherwise. */
export function connectorWith(
  other: Partial<Connector> = {},
  fields: Readonly<Record<string, Field>> = { key },
): Connector {
  const auth = defineStrategy<undefined>()({
    scheme: 'probe',
    fields,
    apply: ({ headers }, { settings }) =>
      headers.set('x-key', String((settings as Record<string, unknown>)['key'])),
    test: async () => ({ id: '1' }),
  })
  return defineConnector({
    key: 'acme',
    name: 'Acme',
    description: 'Things.',
    auth,
    baseUrl: 'https://api.acme.example',
    ...other,
  })
}

/** A definition with this content, of which nothing else counts. */
export function definitionOf(content: unknown, connector: Connector = connectorWith()): Definition {
  const imported = { connector, warnings: [], settingsOf: () => ({}), configOf: () => ({}) }
  return { format: 'airbyte', imported, path: '/x.yaml', folder: '/', content, beside: [] }
}

/** Findings as `severity code at place`. */
export async function found(...args: Parameters<typeof lint>): Promise<string[]> {
  return (await lint(...args)).map(short)
}

export const short = ({ severity, code, at }: Finding): string => `${severity} ${code} at ${at}`
