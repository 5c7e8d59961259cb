import { formOf, type SchemaForm } from '@latchkey/core/definition'
import { checkFields } from '../../src/fields/definition.ts'

export const text = { type: 'string' }
export const is = (value: string) => ({ type: 'string', const: value })

export const oauth = {
  title: 'Sign in',
  description: 'With a browser',
  required: ['kind', 'client_id'],
  properties: { kind: is('oauth'), client_id: { ...text, title: 'Client ID' }, region: text },
}
export const key = {
  title: 'Key',
  required: ['kind', 'key', 'region'],
  properties: { kind: is('key'), key: { ...text, secret: true }, region: { ...text, title: 'Zone' } },
}
export const credentials = { title: 'How to sign in', oneOf: [oauth, key] }

export const read = (properties: object, more: object = {}, branchesAt?: readonly string[]): SchemaForm => {
  const form = formOf(
    { properties, ...more },
    { secret: ({ secret }) => secret === true, branchesAt, at: '' },
  )
  checkFields(form.fields)
  return form
}
export const known = (form: SchemaForm) => form.warnings.filter(({ path }) => !path.endsWith('.secret'))
