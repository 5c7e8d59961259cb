import { expect, test } from '@jest/globals'
import { inspect } from 'node:util'
import { api, destination, open, rejection, tokens, withTokens } from './support.ts'

const sentWith = async (extendRequest: unknown, settings?: Readonly<Record<string, unknown>>) => {
  const { connection, sent } = open(destination({ extendRequest }), settings && { settings })
  await connection.fetch(api)
  return sent[0]!
}

test('an asynchronous extendRequest is waited for, by requests, tests and refreshes', async () => {
  const extendRequest = async ({ settings }: { settings: { apiKey: string } }) => {
    await Promise.resolve()
    return { headers: { 'x-key': settings.apiKey } }
  }
  expect((await sentWith(extendRequest)).headers.get('x-key')).toBe('c4n4ry-key')
})

test('an extendRequest that throws is the definition’s mistake, and its message stays inside', async () => {
  for (const extendRequest of [
    () => {
      throw new TypeError('c4n4ry-key')
    },
    async () => Promise.reject(new Error('c4n4ry-key')),
  ]) {
    const error = await rejection(sentWith(extendRequest))
    expect(error).toMatchObject({ code: 'definition_invalid' })
    expect(inspect(error)).not.toContain('c4n4ry')
    expect(error.message).toContain('extendRequest: it threw')
  }
  expect(await rejection(sentWith(() => 'text'))).toMatchObject({
    message: 'extendRequest: it returned something that is not an object.',
  })
  expect([...(await sentWith(() => undefined)).headers.keys()]).toEqual([])
})

test('a credential that would be the word undefined is never sent; a header that is that word alone is left out', async () => {
  const missing = {} as Record<string, string>
  for (const value of [`Bearer ${missing['TOKEN']}`, `Token token=${missing['TOKEN']}`, 'Basic null'])
    expect(await rejection(sentWith(() => ({ headers: { Authorization: value } })))).toMatchObject({
      code: 'definition_invalid',
    })
  const { headers } = await sentWith(() => ({ headers: { 'x-key': `${missing['TOKEN']}`, 'x-b': 'b' } }))
  expect([...headers.keys()]).toEqual(['x-b'])
})

test('a key with a line break pasted along is refused at the form, and its value stays out of the error', async () => {
  const error = await rejection(sentWith(undefined, { apiKey: 'c4n4ry-key\n' }))
  expect(error).toMatchObject({ code: 'settings_invalid', field: 'apiKey' })
  expect(error.message).not.toContain('c4n4ry')
})

test('what a function does to its settings changes nobody else’s', async () => {
  const extendRequest = ({ settings }: { settings: Record<string, string> }) => {
    const headers = { 'x-key': settings['apiKey'] }
    settings['apiKey'] = 'spoilt'
    return { headers }
  }
  const { connection, sent } = open(destination({ extendRequest }))
  await connection.fetch(api)
  await connection.fetch(api)
  expect(sent.map(({ headers }) => headers.get('x-key'))).toEqual(['c4n4ry-key', 'c4n4ry-key'])
})

test('without a token nothing is sent, and the error says that somebody must sign in', async () => {
  const { connection, sent } = open(withTokens({ refreshAccessToken: undefined }), { settings: {} })
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'credentials_missing' })
  expect(sent).toEqual([])
})

test('extendRequest sees the tokens that are held', async () => {
  const seen: unknown[] = []
  const extendRequest = (given: { auth: unknown }) => (seen.push(given.auth), {})
  const { connection } = open(withTokens({ refreshAccessToken: undefined }, { extendRequest }), {
    settings: {},
    credentials: tokens,
  })
  await connection.fetch(api)
  expect(seen.at(-1)).toEqual({ ...tokens, refreshTokenUrl: undefined })
})
