import { expect, test } from '@jest/globals'
import { acmeApi, asModules, canary } from './connectors.ts'
import { agreeing, here, showsNothing } from './person.ts'
import { acmeProvider, canaries } from './provider.ts'
import { machine } from './support.ts'

const signedIn = async () => {
  const provider = acmeProvider()
  const at = here(agreeing(provider), { provider })
  expect((await at.run('connect', './code.ts', '--no-browser')).code).toBe(0)
  return { at, provider }
}

test('a client secret that rolls over keeps the sign-in, and the next refresh uses it', async () => {
  const { at, provider } = await signedIn()
  const before = await at.store.read('acme')
  expect(await at.run('set', 'acme', '--set', 'clientSecret=s-new-0001')).toEqual({
    code: 0,
    out: 'Changed clientSecret of acme. Its sign-in stays.\n',
    err: '',
  })
  const after = await at.store.read('acme')
  expect(after).toMatchObject({ grant: before?.grant, credentials: before?.credentials, version: 2 })
  expect((await at.run('refresh', 'acme')).code).toBe(13)
  expect(new URLSearchParams(provider.seen.at(-1)?.body).get('client_secret')).toBe('s-new-0001')
  const stdin = JSON.stringify({ clientSecret: canaries.secret })
  expect(JSON.parse((await at.with({ stdin }).run('set', 'acme', '--stdin', '--json')).out)).toEqual({
    name: 'acme',
    changed: ['clientSecret'],
    signedIn: false,
  })
  showsNothing(at, ['s-new-0001'])
})

test('a value that the sign-in depends on is changed only with --replace, after the new sign-in has worked', async () => {
  const fetch = acmeApi().fetch
  const at = machine({ modules: asModules, fetch, env: { LATCHKEY_API_KEY: canary } })
  await at.run('connect', './keyed.ts')
  const before = await at.store.read('acme')
  const wrong = ['set', 'acme', '--set', 'apiKey=k-wrong-0001']
  expect(await at.run(...wrong)).toEqual({
    code: 11,
    out: '',
    err:
      'latchkey: Another apiKey ends the sign-in of "acme". Nothing was changed.\n' +
      'You must sign in again with it: add --replace. What is there now counts until that is done.\n',
  })
  expect(await at.run(...wrong, '--replace')).toMatchObject({
    code: 11,
    err: expect.stringContaining('Nothing was changed.'),
  })
  expect(await at.store.read('acme')).toEqual(before)
  const right = machine({
    modules: asModules,
    files: at.files,
    store: at.store,
    fetch: async (input, init) => {
      const { headers } = new Request(input, init)
      return Response.json(
        { id: 'u-2', name: 'Bob' },
        { status: headers.get('x-api-key') === 'k-2' ? 200 : 401 },
      )
    },
  })
  expect(await right.run('set', 'acme', '--set', 'apiKey=k-2', '--replace')).toEqual({
    code: 0,
    out: 'Changed apiKey of acme, and signed in again.\n',
    err: '',
  })
  const after = await at.store.read('acme')
  expect(after?.settings).toEqual({ apiKey: 'k-2' })
  expect(after?.grant).not.toBe(before?.grant)
  expect(after?.version).toBe((before?.version ?? 0) + 1)
  expect(await right.run('test', 'acme')).toMatchObject({ code: 0 })
  expect(at.printed()).not.toContain('k-wrong')
})

test('a field that is named alone is asked for, unseen, and not read from the environment', async () => {
  const { at } = await signedIn()
  const log: string[] = []
  const person = { answers: { 'Client secret': 's-new-0002' }, log }
  expect(await at.run('set', 'acme', 'clientSecret')).toMatchObject({ code: 2 })
  expect(await at.with({ person }).run('set', 'acme', 'clientSecret')).toMatchObject({ code: 0 })
  expect(log).toContain('password: Client secret')
  expect((await at.store.read('acme'))?.settings).toMatchObject({ clientSecret: 's-new-0002' })
})

test.each([
  [['set', 'acme'], 2, 'Nothing is given to be set.'],
  [['set', 'acme', '--set', 'nope=1'], 2, '"acme" has no field nope.'],
  [['set', 'acme', '--set', 'clientId='], 10, 'required'],
  [['set', 'none', '--set', 'clientId=a'], 11, 'There is no connection "none".'],
])('%j ends with %i and changes nothing', async (args, code, text) => {
  const { at } = await signedIn()
  const before = await at.store.read('acme')
  const result = await at.run(...args)
  expect(result).toMatchObject({ code, err: expect.stringContaining(text) })
  expect(await at.store.read('acme')).toEqual(before)
})

test('the value that is there already changes nothing', async () => {
  const { at } = await signedIn()
  const before = await at.store.read('acme')
  expect(await at.run('set', 'acme', '--set', `clientSecret=${canaries.secret}`)).toEqual({
    code: 0,
    out: 'acme has that value already.\n',
    err: '',
  })
  expect(await at.store.read('acme')).toEqual(before)
})
