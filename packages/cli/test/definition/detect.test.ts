import { expect, test } from '@jest/globals'
import { destinationIn, formatOf } from '../../src/definition/detect.ts'

const destination = { name: 'D', authentication: { scheme: 'basic', fields: {} } }

test.each<[string, unknown, string | undefined]>([
  ['a manifest by its type', { type: 'DeclarativeSource' }, 'airbyte'],
  ['a manifest by form and streams', { spec: { connection_specification: {} }, streams: [] }, 'airbyte'],
  ['a manifest by version and streams', { version: '6.1', dynamic_streams: [] }, 'airbyte'],
  ['a wrapped authentication', { auth: { type: 'oauth2' } }, 'membrane'],
  ['an inline authentication', { type: 'client-credentials' }, 'membrane'],
  ['options alone', { options: { a: { type: 'oauth1' } } }, 'membrane'],
  ['a destination', destination, 'segment'],
  ['an OpenAPI document', { openapi: '3.1.0', paths: {} }, undefined],
  ['a type that is nobody’s', { type: 'object' }, undefined],
  ['a list', [], undefined],
  ['nothing', null, undefined],
])('%s', (_, definition, format) => {
  expect(formatOf(definition)).toBe(format)
})

test('a destination is the default export, else the only one, else the one that is named', () => {
  const other = { ...destination }
  expect(destinationIn({ default: destination, other }, undefined)).toBe(destination)
  expect(destinationIn({ other, helper: 1 }, undefined)).toBe(other)
  expect(destinationIn({ default: { other } }, undefined)).toBe(other)
  expect(destinationIn({ destination, other }, undefined)).toBe(undefined)
  expect(destinationIn({ destination, other }, 'other')).toBe(other)
  expect(destinationIn({ destination }, 'none')).toBe(undefined)
})
