import { expect, test } from '@jest/globals'
import { redisStore } from '@latchkey/store-redis'
import type { RedisClient } from '../src/client.ts'

/** A server that says what it is told to. */
const server = (settings: Readonly<Record<string, string>> | Error): RedisClient => ({
  eval: async () => [],
  evalSha: async (_, { arguments: [version, partitions] }) => [version, partitions],
  async configGet(name) {
    if (settings instanceof Error) throw settings
    return { [name]: settings[name] }
  },
  wait: async () => 0,
})
const durable = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' }
const wait = { replicas: 1, ms: 10 }

for (const [what, settings, problem] of [
  ['keeps no log', { ...durable, appendonly: 'no' }, 'set appendonly to yes'],
  [
    'syncs its log every second',
    { ...durable, appendfsync: 'everysec' },
    'set appendfsync to always, or give the store "wait"',
  ],
  ['may evict', { ...durable, 'maxmemory-policy': 'allkeys-lru' }, 'set maxmemory-policy to noeviction'],
  [
    'does not say',
    new Error("ERR unknown command 'CONFIG'"),
    'it does not say how durable it is (CONFIG GET is refused)',
  ],
] as const) {
  test(`a server that ${what} is refused, or warned of where the operator accepts it`, async () => {
    const client = server(settings)
    await expect(redisStore({ client }).migrate()).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining(`is no safe place for tokens: `),
    })
    await expect(redisStore({ client }).migrate()).rejects.toThrow(problem)
    const warnings: string[] = []
    await redisStore({ client, warn: (sentence) => warnings.push(sentence) }).migrate()
    expect(warnings.length).toBe(1)
    expect(warnings[0]).toContain(problem)
  })
}

test('a durable server is taken without a word, and one whose replicas follow need not sync every write', async () => {
  const warnings: string[] = []
  const warn = (sentence: string) => void warnings.push(sentence)
  await redisStore({ client: server(durable), warn }).migrate()
  const client = { ...server({ ...durable, appendfsync: 'everysec' }), wait: async () => 1 }
  await redisStore({ client, wait, warn }).migrate()
  expect(warnings).toEqual([])
})

test('every node of a cluster is looked at', async () => {
  const nodes = [server(durable), server({ ...durable, appendonly: 'no' })]
  const client = { ...server(durable), masters: [0, 1], nodeClient: (node: number) => nodes[node] }
  await expect(redisStore({ client }).migrate()).rejects.toThrow('set appendonly to yes')
})

test('a change that too few replicas have is refused, with what has happened', async () => {
  const client = { ...server(durable), evalSha: async () => 1 }
  const store = redisStore({ client, wait })
  await expect(store.delete('a')).rejects.toMatchObject({
    code: 'store_unavailable',
    message:
      'store: Redis has written the change, but 0 of 1 replicas had it after 10 ms: the operator must see that they follow. What was stored before is not lost.',
  })
})

test('a store with other partitions or of another version is refused', async () => {
  const head = (...found: string[]) =>
    redisStore({ client: { ...server(durable), evalSha: async () => found } })
  await expect(head('1', '16').migrate()).rejects.toThrow(
    'holds a store of 16 partitions under "latchkey": the operator must say so in "partitions"',
  )
  await expect(head('2', '1').migrate()).rejects.toThrow('the operator must update @latchkey/store-redis')
})

test('a script that the server does not know is sent whole, once', async () => {
  const sent: string[] = []
  const client: RedisClient = {
    async evalSha(sha) {
      sent.push(sha.replace(/^[\da-f]{40}$/, 'sha'))
      throw new Error('NOSCRIPT No matching script. Please use EVAL.')
    },
    async eval(script) {
      sent.push(script.includes("redis.call('DEL', record)") ? 'text' : '?')
      return 1
    },
  }
  expect(await redisStore({ client }).delete('a')).toBe(true)
  expect(sent).toEqual(['sha', 'text'])
})

for (const [error, message] of [
  [
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    /cannot be reached; it is tried again\. .* \(ECONNREFUSED\)/,
  ],
  [
    new Error("READONLY You can't write against a read only replica."),
    /the operator must give the address of the primary \(READONLY\)/,
  ],
  [
    new Error("OOM command not allowed when used memory > 'maxmemory'."),
    /the operator must give it more \(OOM\)/,
  ],
  [new Error('WRONGPASS invalid username-password pair'), /the operator must correct that \(WRONGPASS\)/],
  [new Error('ERR canary'), /refused a step; the operator must look at its log \(ERR\)/],
  [new Error('The client is closed: canary'), /cannot be reached; it is tried again/],
] as const) {
  test(`"${error.message.slice(0, 20)}" becomes who must act, without what it says`, async () => {
    const client = { ...server(durable), evalSha: async () => Promise.reject(error) }
    const failed: unknown = await redisStore({ client })
      .read('a')
      .catch((thrown: unknown) => thrown)
    expect(failed).toMatchObject({
      code: 'store_unavailable',
      remedy: 'retry',
      message: expect.stringMatching(message),
    })
    expect(`${String(failed)}${JSON.stringify((failed as Error).cause)}`).not.toContain('canary')
  })
}

test('options that cannot work are refused at once', () => {
  const client = server(durable)
  expect(() => redisStore({ client, prefix: 'a{b}' })).toThrow('prefix may have no braces')
  for (const partitions of [0, 1.5, 1_025])
    expect(() => redisStore({ client, partitions })).toThrow('a whole number from 1 to 1,024')
  expect(() => redisStore({ client: { ...client, masters: [] }, wait })).toThrow(
    'wait needs a client with one connection',
  )
})
