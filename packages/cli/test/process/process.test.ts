import { expect, test } from '@jest/globals'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { latchkey, runProgram, withMachine, type How, type Result } from './command.ts'

const canary = 'c4n4ry-s3cr3t-0002'
const slow = 60_000

const answer: RequestListener = (request, response) => {
  const isAllowed = request.headers['x-api-key'] === canary
  response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' })
  response.end(JSON.stringify(isAllowed ? { id: 'u-1', name: 'Ada' } : { error: 'unauthorized' }))
}

const commandIn =
  (home: string) =>
  (args: readonly string[], how: How = {}): Promise<Result> =>
    runProgram([...latchkey, ...args], { ...how, env: { LATCHKEY_HOME: home, ...how.env } })

const everyFile = async (folder: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

test(
  'the real command connects, tests, requests, lists, shows and removes, and no secret is printed or lies open',
  async () => {
    await withMachine(answer, async (home, url) => {
      const command = commandIn(home)
      const results: Result[] = []
      const step = async (...args: Parameters<typeof command>): Promise<Result> => {
        const result = await command(...args)
        results.push(result)
        return result
      }
      const connect = ['connect', 'examples/key-in-header.ts', '--base-url', url]
      expect(await step(connect, { env: { LATCHKEY_API_KEY: canary } })).toEqual({
        code: 0,
        out: 'Connected acme-header as Ada.\n',
        err: '',
      })
      expect(
        await step([...connect, '--as', 'b', '--stdin'], { stdin: `{"apiKey":"${canary}"}` }),
      ).toMatchObject({ code: 0 })
      expect(await step(['test', 'acme-header'])).toEqual({
        code: 0,
        out: 'acme-header works as Ada.\n',
        err: '',
      })
      expect(await step(['request', 'acme-header', '/me', '-v'])).toMatchObject({
        code: 0,
        out: '{"id":"u-1","name":"Ada"}',
      })
      expect(await step(['list'])).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^NAME.*\nacme-header .*\nb .*\n$/),
      })
      expect(await step(['show', 'acme-header'])).toMatchObject({
        code: 0,
        out: expect.stringContaining('settings.apiKey  •••\n'),
      })
      expect(await everyFile(home)).not.toContain(canary)
      expect(await step(['remove', 'acme-header'])).toEqual({
        code: 0,
        out: 'Removed acme-header.\n',
        err: '',
      })
      expect(await step(['test', 'acme-header'])).toMatchObject({ code: 11 })
      expect(
        await step(['try', 'examples/key-in-header.ts', '--base-url', url], {
          env: { LATCHKEY_API_KEY: `${canary}-wr0ng` },
        }),
      ).toMatchObject({ code: 11 })
      expect(results.map(({ out, err }) => out + err).join('')).not.toContain('c4n4ry')
    })
  },
  slow,
)

test(
  'several processes at once lose nothing, and make one key between them',
  async () => {
    await withMachine(answer, async (home, url) => {
      const command = commandIn(join(home, 'new', 'folder'))
      const names = ['a', 'b', 'c', 'd', 'e']
      const env = { LATCHKEY_API_KEY: canary }
      const results = await Promise.all(
        names.map((name) =>
          command(['connect', 'examples/key-in-header.ts', '--base-url', url, '--as', name], { env }),
        ),
      )
      expect(results.map(({ code, err }) => ({ code, err }))).toEqual(names.map(() => ({ code: 0, err: '' })))
      const { out } = await command(['list', '--json'])
      expect((JSON.parse(out) as { name: string }[]).map(({ name }) => name)).toEqual(names)
      const tests = await Promise.all(names.map((name) => command(['test', name])))
      expect(tests.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
    })
  },
  slow,
)

test(
  'of two processes that take one name, one is told that it is taken',
  async () => {
    await withMachine(answer, async (home, url) => {
      const command = commandIn(home)
      const args = ['connect', 'examples/key-in-header.ts', '--base-url', url]
      const env = { LATCHKEY_API_KEY: canary }
      const results = await Promise.all([command(args, { env }), command(args, { env })])
      expect(results.map(({ code }) => code).sort()).toEqual([0, 2])
      expect(await command(['test', 'acme-header'])).toMatchObject({ code: 0 })
    })
  },
  slow,
)

test(
  'the data folder is readable for its owner alone',
  async () => {
    await withMachine(answer, async (home, url) => {
      const folder = join(home, 'data')
      const args = ['connect', 'examples/key-in-header.ts', '--base-url', url, '--store', folder]
      await commandIn(home)(args, { env: { LATCHKEY_API_KEY: canary } })
      const entries = await readdir(folder, { recursive: true })
      const modes = await Promise.all(
        ['.', ...entries].map(async (name) => [name, (await stat(join(folder, name))).mode & 0o077] as const),
      )
      expect(modes.filter(([, mode]) => mode !== 0)).toEqual([])
      expect(entries.length).toBeGreaterThanOrEqual(4)
    })
  },
  slow,
)

test(
  'a connector is found by the name of its package, as the current folder sees it',
  async () => {
    await withMachine(answer, async (home, url) => {
      const project = join(home, 'project')
      const folder = join(project, 'node_modules/acme-connector')
      await mkdir(folder, { recursive: true })
      const manifest = {
        name: 'acme-connector',
        version: '1.0.0',
        type: 'module',
        exports: { import: './index.js' },
      }
      await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
      await writeFile(
        join(folder, 'index.js'),
        `const auth = { scheme: 'k', fields: { apiKey: { type: 'password', label: 'K', required: true } },
           apply: ({ headers }, { settings }) => headers.set('x-api-key', settings.apiKey) }
         export const acme = { key: 'acme', name: 'Acme', auth, baseUrl: '${url}', test: async ({ http }) => http('me').json() }`,
      )
      const command = commandIn(home)
      const env = { LATCHKEY_API_KEY: canary }
      expect(await command(['connect', 'acme-connector#acme'], { cwd: project, env })).toMatchObject({
        code: 0,
      })
      expect(await command(['test', 'acme'], { cwd: home })).toMatchObject({
        code: 0,
        out: 'acme works as u-1.\n',
      })
      expect(await command(['connect', 'no-such-connector'], { cwd: project, env })).toMatchObject({
        code: 2,
        err: expect.stringContaining('There is no package "no-such-connector"'),
      })
    })
  },
  slow,
)
