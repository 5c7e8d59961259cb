import { expect, test } from '@jest/globals'
import { missing } from '../../../../../tools/needs.ts'
import { checkAuth } from '../../src/dialect/index.ts'
import { mergeOption } from '../../src/merge/index.ts'
import { mergeSchemas } from '../../src/schema/index.ts'
import { present, vectors } from '../corpus.ts'

interface SchemaRow {
  readonly name: string
  readonly input: readonly unknown[]
  readonly output: unknown
}
interface OptionRow {
  readonly name: string
  readonly option: object
  readonly key: string
  readonly effective: object | undefined
}
interface ValidationRow {
  readonly name: string
  readonly value: unknown
  readonly ConnectorAuth: boolean
  readonly ConnectorAuthWithFunctions: boolean
}

if (present) {
  const file = vectors('merge-and-validation-vectors.json')
  const rows = <T>(name: string): [string, T][] =>
    (file[name] as readonly (T & { readonly name: string })[]).map((row) => [row.name, row])

  test.each(rows<SchemaRow>('schemaMerge'))('schemas are merged: %s', (_, { input, output }) => {
    expect(mergeSchemas(input)).toEqual(output)
  })

  test.each(rows<OptionRow>('optionMerge'))('an option inherits: %s', (_, { option, key, effective }) => {
    const base = file.optionBase as object
    const connector = { ...base, options: { o: option } }
    const before = JSON.stringify(connector)
    expect(mergeOption(connector, key)).toEqual(effective)
    expect(JSON.stringify(connector)).toBe(before)
  })

  test.each(rows<ValidationRow>('validation'))('a definition is accepted or not: %s', (_, row) => {
    const accepts = (dialect: 'classic' | 'inline'): boolean => {
      try {
        checkAuth(row.value, dialect, 'auth')
        return true
      } catch {
        return false
      }
    }
    expect([accepts('classic'), accepts('inline')]).toEqual([
      row.ConnectorAuth,
      row.ConnectorAuthWithFunctions,
    ])
  })

  test('the vectors are all there', () => {
    expect([12, 9, 8]).toEqual(['schemaMerge', 'optionMerge', 'validation'].map((name) => rows(name).length))
  })
} else missing('corpora/membrane', 'vectors of merges and validation')
