import { expect, test } from '@jest/globals'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { inspect } from 'node:util'
import { z } from 'zod'
import type { Fields } from '../../src/fields/field.ts'
import { checkSchema, conditionHolds, secretsOf } from '../../src/fields/settings.ts'

const fields: Fields = {
  user: { label: 'User', type: 'string', public: true },
  password: { label: 'Password', type: 'password' },
  region: { label: 'Region', type: 'string', choices: ['eu', 'us'] },
  limit: { label: 'Limit', type: 'number' },
}

const says = (validate: StandardSchemaV1['~standard']['validate']): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'test', validate },
})

test('a schema that finds nothing wrong says nothing, at once where it can', () => {
  const schema = z
    .object({ user: z.string(), password: z.string() })
    .refine((all) => all.user !== all.password)
  expect(checkSchema(schema, { user: 'a', password: 'b' }, fields)).toBeUndefined()
})

test('its issues are faults of the fields that their paths begin with', () => {
  const schema = says(() => ({
    issues: [
      { message: 'No.', path: ['user'] },
      { message: 'Nor this.', path: [{ key: 'password' }, 'x'] },
      { message: 'At all.' },
    ],
  }))
  expect(() => checkSchema(schema, {}, fields)).toThrow(
    expect.objectContaining({
      code: 'settings_invalid',
      field: 'user',
      faults: [
        { field: 'user', problem: 'No.' },
        { field: 'password', problem: 'Nor this.' },
        { field: '', problem: 'At all.' },
      ],
      message: 'The settings do not fit together. user: No. password: Nor this. At all.',
    }),
  )
})

test('a secret in a message of a foreign schema is replaced, also in its JSON form; a public value and a choice are not', async () => {
  const settings = { user: 'anna', password: 'hun"ter2', region: 'eu', limit: 7 }
  const schema = says((value) =>
    Promise.resolve({ issues: [{ message: `got ${JSON.stringify(value)} and hun"ter2`, path: ['user'] }] }),
  )
  const error: unknown = await Promise.resolve(checkSchema(schema, settings, fields)).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({
    faults: [
      { field: 'user', problem: 'got {"user":"anna","password":"•••","region":"eu","limit":7} and •••' },
    ],
  })
  expect(inspect(error)).not.toContain('ter2')
})

test('a schema that throws or rejects is a mistake in code, and what it threw is not passed on', async () => {
  const broken = {
    code: 'definition_invalid',
    remedy: 'code',
    message: 'The schema of the settings threw instead of reporting issues',
  }
  const thrown = says(() => {
    throw new Error('hunter2')
  })
  expect(() => checkSchema(thrown, { password: 'hunter2' }, fields)).toThrow(expect.objectContaining(broken))
  const rejects = checkSchema(
    says(() => Promise.reject(new Error('hunter2'))),
    {},
    fields,
  )
  await expect(rejects).rejects.toMatchObject(broken)
  await expect(rejects).rejects.not.toHaveProperty('cause')
})

test('secretsOf gives the texts of fields that are not public, longest first, once, and of unknown fields', () => {
  const settings = {
    user: 'anna',
    password: 'ab',
    region: 'eu',
    limit: 7,
    other: 'abcd',
    again: 'ab',
    empty: '',
  }
  expect(secretsOf(fields, settings)).toEqual(['abcd', 'ab'])
})

test('a condition compares one setting with one or several values; an absent or inherited one is none of them', () => {
  const holds = (condition: Parameters<typeof conditionHolds>[0], settings = {}): boolean =>
    conditionHolds(condition, settings)
  expect(holds({ field: 'a', is: 'x' }, { a: 'x' })).toBe(true)
  expect(holds({ field: 'a', is: ['x', 1] }, { a: 1 })).toBe(true)
  expect(holds({ field: 'a', is: 1 }, { a: '1' })).toBe(false)
  expect(holds({ field: 'a', isNot: ['x', 'y'] }, { a: 'y' })).toBe(false)
  expect(holds({ field: 'a', isNot: 'x' })).toBe(true)
  expect(holds({ field: 'constructor', isNot: 'x' })).toBe(true)
  expect(holds({ all: [] })).toBe(true)
  expect(holds({ any: [] })).toBe(false)
  expect(
    holds(
      {
        all: [
          { field: 'a', is: 1 },
          {
            any: [
              { field: 'b', is: 1 },
              { field: 'b', is: 2 },
            ],
          },
        ],
      },
      { a: 1, b: 2 },
    ),
  ).toBe(true)
})
