import { expect, test } from '@jest/globals'
import { connect, defineStrategy } from '@latchkey/core'
import { adapt } from '@latchkey/core/definition'
import { network } from '../../../../tools/network.ts'

test('every verb sees the settings that were made, and all else as it is, what a context inherits too', async () => {
  const seen: unknown[] = []
  const strategy = defineStrategy<undefined>()({
    scheme: 'probe',
    fields: { key: { type: 'password', label: 'Key', required: true } },
    apply({ headers }, { settings, memory }) {
      memory.set('probe', settings.key)
      headers.set('x-key', settings.key)
    },
    inspect(response, { settings, memory, now, request }) {
      seen.push([response.status, settings.key, memory.get('probe'), now(), request.method])
      return undefined
    },
  })
  const { fetch, sent } = network()
  const adapted = adapt(strategy, {
    fields: { 'a.b': { type: 'password', label: 'B', required: true } },
    settingsOf: (settings) => ({ key: `made of ${String(settings['a.b'])}` }),
  })
  const connection = connect(adapted, {
    settings: { 'a.b': 'secret' },
    origins: ['https://api.example'],
    fetch,
    now: () => 7,
  })
  await connection.fetch('https://api.example/')
  expect(sent.map(({ headers }) => headers.get('x-key'))).toEqual(['made of secret'])
  expect(seen).toEqual([[200, 'made of secret', 'made of secret', 7, 'GET']])
})
