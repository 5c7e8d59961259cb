import { apiKey } from '@latchkey/api-key'
import { defineConnector, defineStrategy } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { acmeApi, asModules, canary } from './connectors.ts'
import { machine, type Machine, type Person, type World } from './support.ts'

const here = (person: Person, world: World = {}): Machine =>
  machine({ modules: asModules, fetch: acmeApi().fetch, person, ...world })

test('the way of signing in is asked first, then its fields, with its help', async () => {
  const log: string[] = []
  const at = here({ log, answers: { 'How to sign in': 'key', 'API key': canary } })
  expect(await at.run('connect', './chosen.ts')).toMatchObject({ code: 0, out: 'Connected choice as Ada.\n' })
  expect(log).toEqual([
    'note: An API with two ways in.',
    'note: https://acme.test/help',
    'select: How to sign in: key=API key (For servers), login=Password',
    'note: For servers',
    'note: https://acme.test/help/keys',
    'password: API key',
  ])
})

test('a person is not asked for what was given', async () => {
  const log: string[] = []
  const at = here({ log, answers: { Password: canary } }, { env: { LATCHKEY_USERNAME: 'ada' } })
  expect((await at.run('connect', './chosen.ts', '--option', 'login')).code).toBe(0)
  expect(log.filter((line) => !line.startsWith('note'))).toEqual(['password: Password'])
})

test('a person is asked for nothing where everything that is needed was given', async () => {
  const log: string[] = []
  const at = here({ log, answers: {} }, { env: { LATCHKEY_API_KEY: canary } })
  expect((await at.run('connect', './keyed.ts')).code).toBe(0)
  expect(log).toEqual([])
})

test('what is wrong is said beside the field, which is asked again', async () => {
  const log: string[] = []
  const at = here({ log, answers: { 'API key': ['', `${canary} `, canary] } })
  expect((await at.run('connect', './keyed.ts')).code).toBe(0)
  expect(log).toEqual([
    'password: API key',
    'refused: Enter a value: this field is required.',
    'refused: Remove the blank or line break at the end.',
  ])
})

test('the operator is asked apart from the user, and what only the account can name is asked last', async () => {
  const log: string[] = []
  const at = here({
    log,
    answers: { 'Client secret': canary, PIN: ['forty-two', '42'], Region: 'us', Workspace: 'w-2' },
  })
  expect((await at.run('connect', './session.ts')).code).toBe(0)
  expect(log).toEqual([
    'note: For the operator of the application, once:',
    'password: Client secret',
    'note: For the account:',
    'text: PIN',
    'refused: Give a number.',
    'select: Region: eu=eu, us=us; first eu',
    'select: Workspace: w-1=One, w-2=Two',
  ])
  expect((await at.store.read('session'))?.settings).toEqual({
    clientSecret: canary,
    pin: 42,
    region: 'us',
    workspace: 'w-2',
  })
})

test('a field is asked only while its condition holds, an optional one may be left empty', async () => {
  const connector = defineConnector({
    key: 'cond',
    name: 'Conditions',
    auth: defineStrategy({
      scheme: 'cond',
      fields: {
        hosted: { type: 'boolean', label: 'Self-hosted', default: false },
        host: {
          type: 'string',
          label: 'Host',
          format: 'hostname',
          required: true,
          when: { field: 'hosted', is: true },
        },
        note: { type: 'string', label: 'Note', help: 'Whatever you like.' },
        plan: {
          type: 'string',
          label: 'Plan',
          choices: ['free', { value: 'own', label: 'Own', when: { field: 'hosted', is: true } }],
        },
        pem: { type: 'password', label: 'Key file', multiline: true },
      },
      apply: () => undefined,
    }),
    baseUrl: 'https://api.acme.test',
  })
  const asked = async (hosted: boolean) => {
    const log: string[] = []
    const answers = {
      'Self-hosted': hosted,
      Host: ['not a host', 'acme.test'],
      'Note (optional)': '',
      'Plan (optional)': '',
      'Key file (optional): the path of a file that holds it': 'key.pem',
    }
    const files = new Map([['/work/key.pem', '-----BEGIN\nabc\n-----END\n']])
    const at = here({ log, answers }, { modules: { '/work/cond.ts': { connector } }, files })
    expect((await at.run('connect', './cond.ts')).code).toBe(0)
    return { log, settings: (await at.store.read('cond'))?.settings }
  }
  expect(await asked(false)).toEqual({
    log: [
      'confirm: Self-hosted; first false',
      'note: Whatever you like.',
      'text: Note (optional)',
      'select: Plan (optional): free=free, =None',
      'text: Key file (optional): the path of a file that holds it',
    ],
    settings: { hosted: false, pem: '-----BEGIN\nabc\n-----END' },
  })
  const { log, settings } = await asked(true)
  expect(log.slice(0, 3)).toEqual([
    'confirm: Self-hosted; first false',
    'text: Host',
    expect.stringMatching(/^refused: /),
  ])
  expect(log).toContain('select: Plan (optional): free=free, own=Own, =None')
  expect(settings).toEqual({ hosted: true, host: 'acme.test', pem: '-----BEGIN\nabc\n-----END' })
})

test('what the provider calls things cannot move the cursor', async () => {
  const bell = defineConnector({
    key: 'bell',
    name: 'Bell',
    auth: apiKey({ in: 'header', name: 'x-api-key' }),
    baseUrl: 'https://api.acme.test/v1',
    test: async () => ({ label: '\u001b[2J\u0007Mallory' }),
  })
  const at = machine({ modules: { '/work/bell.ts': { bell } }, env: { LATCHKEY_API_KEY: canary } })
  expect(await at.run('connect', './bell.ts')).toMatchObject({ out: 'Connected bell as ?[2J?Mallory.\n' })
})
