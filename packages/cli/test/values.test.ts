import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { allOf, defineStrategy, options } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { dataFolder } from '../src/home.ts'
import { fromText, givenValues } from '../src/values/given.ts'
import { variableFor } from '../src/values/variables.ts'
import { walk } from '../src/values/form.ts'
import { filesIn } from './support.ts'

const machine = (env: Record<string, string> = {}, stdin = '', files = new Map<string, string>()) => ({
  env,
  cwd: '/work',
  stdin: async () => stdin,
  files: filesIn(files),
})
const values = async (...args: Parameters<typeof givenValues>) =>
  Object.fromEntries([...(await givenValues(...args)).given].map(([name, { value }]) => [name, value]))

test.each([
  ['apiKey', 'LATCHKEY_API_KEY'],
  ['token', 'LATCHKEY_TOKEN'],
  ['clientID', 'LATCHKEY_CLIENT_ID'],
  ['HTTPSecret', 'LATCHKEY_HTTP_SECRET'],
  ['key2Id', 'LATCHKEY_KEY2_ID'],
  ['app.clientId', 'LATCHKEY_APP_CLIENT_ID'],
  ['x-api-key', 'LATCHKEY_X_API_KEY'],
  ['key', 'LATCHKEY_FIELD_KEY'],
  ['home', 'LATCHKEY_FIELD_HOME'],
  ['debug', 'LATCHKEY_FIELD_DEBUG'],
  ['store', 'LATCHKEY_FIELD_STORE'],
  ['keyFile', 'LATCHKEY_FIELD_KEY_FILE'],
])('the field %s is read from %s', (field, variable) => {
  expect(variableFor(field)).toBe(variable)
})

test('the key of the store is never taken for a field', async () => {
  const auth = apiKey({ in: 'header', name: 'x-key', fields: { key: {} } })
  expect(await values(machine({ LATCHKEY_KEY: 'of the store' }), auth, {})).toEqual({})
  expect(await values(machine({ LATCHKEY_FIELD_KEY: 'k' }), auth, {})).toEqual({ key: 'k' })
})

test('a flag wins over a file, a file over standard input, and standard input over the environment', async () => {
  const files = new Map([['/work/key.txt', 'from a file\n']])
  const here = machine({ LATCHKEY_API_KEY: 'from the environment' }, '{"apiKey":"from stdin"}', files)
  const auth = apiKey({ in: 'header', name: 'x-api-key' })
  expect(await values(here, auth, {})).toEqual({ apiKey: 'from the environment' })
  expect(await values(here, auth, { stdin: true })).toEqual({ apiKey: 'from stdin' })
  expect(await values(here, auth, { stdin: true, setFile: ['apiKey=key.txt'] })).toEqual({
    apiKey: 'from a file',
  })
  expect(await values(here, auth, { setFile: ['apiKey=key.txt'], set: ['apiKey=a=b'] })).toEqual({
    apiKey: 'a=b',
  })
})

test('standard input is not read unless --stdin says so', async () => {
  const here = { ...machine(), stdin: () => Promise.reject(new Error('read')) }
  expect(await values(here, basic(), {})).toEqual({})
})

test.each(['', '[]', '"text"', 'null', '{"apiKey": s3cr3t-canary}'])(
  'standard input that is no JSON object is refused without repeating it: %s',
  async (stdin) => {
    const error = await givenValues(machine({}, stdin), basic(), { stdin: true }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ exit: 2, message: '--stdin: standard input holds no JSON object.' })
  },
)

test('a --set without a field is refused without repeating it', async () => {
  for (const set of ['s3cr3t-canary', '=s3cr3t-canary']) {
    await expect(givenValues(machine(), basic(), { set: [set] })).rejects.toMatchObject({
      exit: 2,
      message: '--set needs a field and a value.',
    })
  }
})

test('a variable that two fields share is refused rather than given to either', async () => {
  const auth = apiKey({
    placements: [
      { in: 'header', name: 'x-a', field: 'appKey' },
      { in: 'header', name: 'x-b', field: 'app_key' },
    ],
    fields: { appKey: {}, app_key: {} },
  })
  await expect(givenValues(machine({ LATCHKEY_APP_KEY: 'k' }), auth, {})).rejects.toMatchObject({
    exit: 2,
    message: 'LATCHKEY_APP_KEY could be the field appKey or app_key.',
  })
  expect(await values(machine(), auth, { set: ['appKey=k'] })).toEqual({ appKey: 'k' })
})

test('--option chooses by the name of the discriminator, an inner selector after an outer one', async () => {
  const auth = options(
    {
      key: apiKey({ in: 'header', name: 'x-key' }),
      login: options({ old: basic(), new: basic() }, { discriminator: 'age' }),
    },
    { discriminator: 'way' },
  )
  expect(await values(machine(), auth, { option: ['login', 'new'] })).toEqual({ way: 'login', age: 'new' })
  await expect(givenValues(machine(), auth, { option: ['none'] })).rejects.toMatchObject({
    advice: 'Choose one of: key, login.',
  })
  await expect(givenValues(machine(), auth, { option: ['key', 'new'] })).rejects.toMatchObject({ exit: 2 })
  await expect(givenValues(machine(), basic(), { option: ['key'] })).rejects.toMatchObject({ exit: 2 })
})

test('text becomes the type of its field, and text that does not stays text for the check to refuse', () => {
  const number = { type: 'number', label: 'N' } as const
  const boolean = { type: 'boolean', label: 'B' } as const
  const text = { type: 'string', label: 'S' } as const
  expect(['10', '1e3', '', ' ', 'ten', 'Infinity'].map((given) => fromText(number, given))).toEqual([
    10,
    1000,
    '',
    ' ',
    'ten',
    'Infinity',
  ])
  expect(['true', 'false', 'True', '1'].map((given) => fromText(boolean, given))).toEqual([
    true,
    false,
    'True',
    '1',
  ])
  expect(['1e10', 'true', '007'].map((given) => fromText(text, given))).toEqual(['1e10', 'true', '007'])
})

test('a form is walked in the order in which a person can answer', async () => {
  const auth = allOf(
    defineStrategy({
      scheme: 'app',
      fields: {
        region: { type: 'string', label: 'Region', when: { field: 'cloud', is: true } },
        cloud: { type: 'boolean', label: 'Cloud', default: false },
        clientId: { type: 'string', label: 'Client id', owner: 'app', required: true },
      },
      apply: () => undefined,
    }),
    options({ key: apiKey({ in: 'header', name: 'x-key' }), login: basic() }),
  )
  const walked = async (given: Record<string, unknown>) => {
    const order: string[] = []
    await walk(auth, ({ name }) => {
      order.push(name)
      return given[name]
    })
    return order
  }
  expect(await walked({ option: 'key' })).toEqual(['option', 'clientId', 'cloud', 'apiKey'])
  expect(await walked({ option: 'login', cloud: true })).toEqual([
    'option',
    'clientId',
    'cloud',
    'region',
    'username',
    'password',
  ])
  expect(await walked({})).toEqual(['option', 'clientId', 'cloud'])
})

test.each([
  [{ platform: 'linux' }, '/home/ada/.local/share/latchkey'],
  [{ platform: 'linux', env: { XDG_DATA_HOME: '/data' } }, '/data/latchkey'],
  [{ platform: 'linux', env: { XDG_DATA_HOME: 'relative' } }, '/home/ada/.local/share/latchkey'],
  [{ platform: 'darwin', env: { XDG_DATA_HOME: '/data' } }, '/home/ada/Library/Application Support/latchkey'],
  [{ platform: 'win32', env: { LOCALAPPDATA: '/local' } }, '/local/latchkey'],
  [{ platform: 'win32' }, '/home/ada/AppData/Local/latchkey'],
  [{ platform: 'darwin', env: { LATCHKEY_HOME: '/mine' } }, '/mine'],
  [{ platform: 'linux', env: { LATCHKEY_HOME: 'mine' } }, '/work/mine'],
])('the data folder of %j is %s', (world, folder) => {
  const here = { env: {}, home: '/home/ada', cwd: '/work', ...world }
  expect(dataFolder(here)).toBe(folder)
  expect(dataFolder(here, 'given')).toBe('/work/given')
})
