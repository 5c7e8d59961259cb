import type { Fields } from '../fields/field.ts'
import { createBudget } from './budget.ts'
import { configFrom, settingsFrom } from './schema/config.ts'
import { createReading, resolved } from './schema/reading.ts'
import type { Content } from './schema/content.ts'
import { contentOf } from './schema/walk.ts'
import type { SchemaDialect, SchemaForm, Warning } from './types.ts'

/**
 * Reads a JSON Schema as a form. A nested property is a field with dots, a list or an object without properties a text
 * field that holds JSON, `oneOf` a choice and fields under the condition of that choice. A pattern that a hostile value
 * could make slow is left out, with a warning.
 * @throws {AuthError} definition_invalid or unsupported, with the path
 */
export function formOf(schema: unknown, dialect: SchemaDialect): SchemaForm {
  const warnings: Warning[] = []
  const reading = createReading(schema, dialect, createBudget(dialect.at), warnings)
  const content = contentOf(resolved(schema, dialect.at, reading), [], dialect.at, true, reading)
  const { branches } = content
  return {
    fields: fieldsOf(content),
    ...(branches && {
      branches: {
        discriminator: branches.group.discriminator,
        title: branches.title,
        description: branches.description,
        options: Object.fromEntries(
          branches.options.map(({ value, title, description, content: own }) => [
            value,
            { title, description, fields: fieldsOf(own) },
          ]),
        ),
      },
    }),
    warnings,
    settingsOf: (config) => settingsFrom(content, config),
    configOf: (settings) => configFrom(content, settings),
  }
}

function fieldsOf({ leaves }: Content): Fields {
  return Object.fromEntries(leaves.map(({ name, field }) => [name, field]))
}
