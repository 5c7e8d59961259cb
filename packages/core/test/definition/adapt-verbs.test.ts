import { expect, test } from '@jest/globals'
import { connect, defineStrategy, type AuthStrategy } from '@latchkey/core'
import { adapt } from '@latchkey/core/definition'
import { network } from '../../../../tools/network.ts'

interface Token {
  readonly token: string
}

function strategyThatTells(seen: string[]): AuthStrategy {
  const tell = (verb: string, key: string) => void seen.push(`${verb} ${key}`)
  return defineStrategy<Token>()({
    scheme: 'probe',
    title: 'Theirs',
    baseUrl: 'https://theirs.example',
    origins: ['https://theirs.example'],
    fields: { key: { type: 'password', label: 'Key', required: true } },
    async acquire({ settings }) {
      tell('acquire', settings.key)
      return { token: 't-1' }
    },
    async refresh({ settings, credentials }) {
      tell('refresh', settings.key)
      return { token: `${credentials.token}-again` }
    },
    authorize: {
      async begin({ settings }) {
        tell('begin', settings.key)
        return { url: 'https://theirs.example/consent', pending: null }
      },
      async complete({ settings }) {
        tell('complete', settings.key)
        return { token: 't-2' }
      },
    },
    apply({ headers }, { settings, credentials }) {
      headers.set('x-key', `${settings.key} ${credentials.token}`)
    },
    async test({ settings }) {
      tell('test', settings.key)
      return { id: 'theirs' }
    },
    async revoke({ settings }) {
      tell('revoke', settings.key)
    },
    redact: (text, { settings }) => text.replaceAll(`only ${settings.key} knows`, '***'),
  })
}

const fields = { 'a.b': { type: 'password', label: 'B', required: true } } as const
const settingsOf = (settings: Readonly<Record<string, unknown>>) => ({
  key: `made-${String(settings['a.b'])}`,
})

function connected(adapted: AuthStrategy) {
  const { fetch } = network()
  return connect(adapted, { settings: { 'a.b': 'x' }, origins: ['https://api.example'], fetch, now: () => 0 })
}

test('each verb sees the settings that were made', async () => {
  const seen: string[] = []
  const connection = connected(adapt(strategyThatTells(seen), { fields, settingsOf }))
  await connection.credentials()
  await connection.refresh()
  expect(await connection.test()).toEqual({ id: 'theirs' })
  await connection.revoke()
  const { pending } = await connection.authorize.begin({ redirectUri: 'http://127.0.0.1/' })
  await connection.authorize.complete(pending, new URLSearchParams())
  expect(seen).toEqual(
    ['acquire', 'refresh', 'test', 'revoke', 'begin', 'complete'].map((verb) => `${verb} made-x`),
  )
})

test('a verb that the strategy has not, the adapted one has not either', () => {
  const bare = defineStrategy<undefined>()({ scheme: 'bare', fields: {}, apply: () => undefined })
  expect(Object.keys(adapt(bare, { fields, settingsOf })).sort()).toEqual([
    'apply',
    'fields',
    'redact',
    'scheme',
  ])
})

test('title, base URL and origins are those of the other form, or none', () => {
  const strategy = strategyThatTells([])
  const { title, baseUrl, origins, scheme } = adapt(strategy, { fields, settingsOf })
  expect([title, baseUrl, origins, scheme]).toEqual([undefined, undefined, undefined, 'probe'])
  expect(adapt(strategy, { fields, settingsOf, title: 'Ours' }).title).toBe('Ours')
})

test('a test of the other form wins, and sees the settings of the form', async () => {
  const seen: string[] = []
  const connection = connected(
    adapt(strategyThatTells(seen), {
      fields,
      settingsOf,
      test: async ({ settings }) => ({ id: String((settings as Record<string, unknown>)['a.b']) }),
    }),
  )
  expect(await connection.test()).toEqual({ id: 'x' })
  expect(seen).toEqual(['acquire made-x'])
})

test('the settings are made once for each object of settings, and cannot be changed', () => {
  let count = 0
  const adapted = adapt(strategyThatTells([]), {
    fields,
    settingsOf(settings) {
      count++
      return settingsOf(settings)
    },
  })
  const settings = { 'a.b': 'x' }
  const c = { settings, credentials: { token: 't' } } as unknown as Parameters<AuthStrategy['apply']>[1]
  const request = { headers: new Headers() } as Parameters<AuthStrategy['apply']>[0]
  void adapted.apply(request, c)
  void adapted.apply(request, c)
  expect([count, request.headers.get('x-key')]).toEqual([1, 'made-x t'])
  void adapted.apply(request, { ...c, settings: { ...settings } })
  expect(count).toBe(2)
})

test('what was made is masked besides what the strategy masks; a public or short value is not', () => {
  const strategy: AuthStrategy = {
    scheme: 'probe',
    fields: {
      key: { type: 'password', label: 'Key' },
      open: { type: 'string', label: 'Open', public: true },
      short: { type: 'password', label: 'Short' },
    },
    apply: () => undefined,
    redact: (text) => text.replaceAll('theirs', '***'),
  }
  const adapted = adapt(strategy, {
    fields,
    settingsOf: () => ({ key: 'made-1', open: 'shown', short: 'abc' }),
  })
  const c = { settings: {}, credentials: undefined } as unknown as Parameters<AuthStrategy['apply']>[1]
  expect(adapted.redact?.('made-1 shown abc theirs', c)).toBe('••• shown abc ***')
})
