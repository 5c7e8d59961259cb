import { describe, expect, test } from '@jest/globals'
import { credentials, is, known, oauth, read, text, key } from './alternatives-support.ts'
import { faultOf } from './support.ts'

describe('at the place that was asked for', () => {
  const form = read({ credentials, domain: text }, { required: ['credentials'] }, ['credentials'])

  test('alternatives are branches, by the constant that tells them apart', () => {
    expect(form.fields).toEqual({ domain: { type: 'string', label: 'Domain', public: true } })
    expect(form.branches).toEqual({
      discriminator: 'credentials.kind',
      title: 'How to sign in',
      description: undefined,
      options: {
        oauth: {
          title: 'Sign in',
          description: 'With a browser',
          fields: {
            'credentials.client_id': { type: 'string', label: 'Client ID', public: true, required: true },
            'credentials.region': { type: 'string', label: 'Region', public: true },
          },
        },
        key: {
          title: 'Key',
          description: undefined,
          fields: {
            'credentials.key': { type: 'password', label: 'Key', required: true },
            'credentials.region': { type: 'string', label: 'Zone', public: true, required: true },
          },
        },
      },
    })
    expect(known(form)).toEqual([])
  })

  test('only the chosen branch is read and written', () => {
    const config = {
      credentials: { kind: 'key', key: 'k', region: 'eu', client_id: 'left over' },
      domain: 'd',
    }
    const settings = {
      'credentials.kind': 'key',
      'credentials.key': 'k',
      'credentials.region': 'eu',
      domain: 'd',
    }
    expect(form.settingsOf(config)).toEqual(settings)
    expect(form.configOf(settings)).toEqual({
      credentials: { kind: 'key', key: 'k', region: 'eu' },
      domain: 'd',
    })
  })

  test('where the constant is left out, what is there tells', () => {
    expect(form.settingsOf({ credentials: { client_id: 'c' } })).toEqual({
      'credentials.kind': 'oauth',
      'credentials.client_id': 'c',
    })
  })

  test('an unknown branch is a fault of the field that chooses', () => {
    const fault = faultOf(() => form.settingsOf({ credentials: { kind: 'SECRET' } }))
    expect([fault.code, fault.field, fault.message]).toEqual([
      'settings_invalid',
      'credentials.kind',
      'The configuration is not valid. credentials.kind: Choose one of: oauth, key.',
    ])
  })

  test('the schema itself may be the place', () => {
    const root = read({ domain: text }, credentials, [])
    expect([root.branches?.discriminator, Object.keys(root.branches?.options ?? {})]).toEqual([
      'kind',
      ['oauth', 'key'],
    ])
    expect(root.configOf(root.settingsOf({ kind: 'key', key: 'k', region: 'eu', domain: 'd' }))).toEqual({
      kind: 'key',
      key: 'k',
      region: 'eu',
      domain: 'd',
    })
  })
})

test('a choice of branches inside another choice is refused', () => {
  const inner = { oneOf: [oauth, key] }
  const fault = faultOf(() =>
    read({ a: { oneOf: [{ properties: { t: is('x'), b: inner } }, { properties: { t: is('y') } }] } }, {}, [
      'a',
      'b',
    ]),
  )
  expect([fault.code, fault.message]).toEqual([
    'unsupported',
    'properties.a.oneOf: what is to be chosen stands inside another choice',
  ])
})
