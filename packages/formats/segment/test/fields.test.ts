import { expect, test } from '@jest/globals'
import { faultsOf, fieldsOf, read } from './form.ts'
import { field, thrown } from './support.ts'

test('a field keeps its label, description, placeholder, and that it is required', () => {
  expect(fieldsOf({ team: field({ placeholder: 'acme', required: true }) })).toEqual({
    team: { label: 'Label', description: 'What it is.', placeholder: 'acme', type: 'string', required: true },
  })
})

test('every text is secret, unless it is chosen from a list or the host says that it may be shown', () => {
  const fields = {
    endpoint: field(),
    region: field({ choices: [{ label: 'EU', value: 'eu' }] }),
    team: field(),
    on: field({ type: 'boolean' }),
    size: field({ type: 'number' }),
  }
  const shown = Object.entries(fieldsOf(fields, { public: ['team'] })).filter(([, each]) => each.public)
  expect(shown.map(([name]) => name)).toEqual(['region', 'team', 'on', 'size'])
  expect(thrown(() => fieldsOf(fields, { public: ['tema'] })).message).toBe(
    'fromSegment: public names the unknown field "tema"',
  )
})

test('what is a secret by its name is typed unseen, though Segment says string', () => {
  const types = fieldsOf({ apiKey: field(), access_token: field(), team: field(), keyboard: field() })
  expect(Object.values(types).map(({ type }) => type)).toEqual(['password', 'password', 'string', 'string'])
})

test('choices may be texts or pairs, with numbers as values', () => {
  expect(fieldsOf({ size: field({ choices: ['a', { label: 'Two', value: 2 }] }) })['size']).toMatchObject({
    choices: [
      { value: 'a', label: 'a' },
      { value: '2', label: 'Two' },
    ],
  })
  expect(
    faultsOf({ size: field({ type: 'number', choices: [{ label: 'One', value: 1 }] }) }, { size: 2 }),
  ).toEqual([{ field: 'size', problem: 'Choose one of: 1.' }])
})

const formats: readonly [string, readonly string[], readonly string[]][] = [
  ['date', ['2026-01-31'], ['2026-13-01', '31.1.2026']],
  ['time', ['13:45:00Z', '13:45:00.5+02:00'], ['25:00:00Z', '13:45']],
  ['date-time', ['2026-01-31T13:45:00Z'], ['2026-01-31']],
  ['uri', ['https://example.com/a?b=c', 'kafka://broker:9092'], ['example.com', 'https://a b']],
  ['uri-reference', ['/a/b?c', 'https://example.com'], ['a b']],
  ['uri-template', ['https://example.com/{id}/x'], ['https://example.com/{id']],
  ['email', ['ada@example.com'], ['ada']],
  ['hostname', ['api.example.com'], ['https://api.example.com']],
  ['ipv4', ['192.0.2.1'], ['192.0.2.256', '192.0.2']],
  ['ipv6', ['2001:db8::1', '::1', '1:2:3:4:5:6:7:8'], ['2001:db8', '1::2::3', ':::']],
  ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123']],
  ['regex', ['^a+$'], ['a)(b']],
  ['text', ['two\nlines'], []],
  ['password', ['secret'], []],
]
test.each(formats)('the format %s takes what it names and refuses the rest', (format, good, bad) => {
  const fields = { value: field({ format }) }
  for (const value of good) expect([value, faultsOf(fields, { value })]).toEqual([value, undefined])
  for (const value of bad)
    expect([value, faultsOf(fields, { value })]).toEqual([
      value,
      [{ field: 'value', problem: expect.any(String) }],
    ])
})

test('a format that nobody knows is a warning', () => {
  expect(read({ value: field({ format: 'colour' }) }).warnings[0]).toEqual({
    path: 'authentication.fields.value.format',
    message: 'This format is unknown, so nothing is checked by it.',
  })
})

test('bounds count, and 0 is a bound too', () => {
  const fields = {
    size: field({ type: 'number', minimum: 0, maximum: 9 }),
    name: field({ minimum: 2, maximum: 3 }),
  }
  expect(faultsOf(fields, { size: 0, name: 'ab' })).toBeUndefined()
  expect(faultsOf(fields, { size: -1, name: '😀' })).toEqual([
    { field: 'size', problem: 'Enter at least 0.' },
    { field: 'name', problem: 'Enter at least 2 characters.' },
  ])
  expect(faultsOf(fields, { size: 10, name: 'abcd' })).toEqual([
    { field: 'size', problem: 'Enter at most 9.' },
    { field: 'name', problem: 'Enter at most 3 characters.' },
  ])
  expect(faultsOf({ none: field({ type: 'number', maximum: 0 }) }, { none: 1 })).toEqual([
    { field: 'none', problem: 'Enter at most 0.' },
  ])
})
