import { expect, test } from '@jest/globals'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cases, secrets } from './cases.mjs'
import { drive } from './drive.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const register = join(root, 'packages/cli/test/process/register.mjs')
const command = [
  process.execPath,
  '--conditions=@latchkey/source',
  '--import',
  register,
  join(root, 'packages/cli/src/bin.ts'),
]

// All of them run in `npm run demo`; these stand for one key, a body, a selector and two at once.
const some = cases.filter(({ name }) => ['header', 'json', 'three-login', 'both'].includes(name))

test('the demo shows each scheme accepted, each wrong secret refused, and no secret', async () => {
  const lines: string[] = []
  const problems = await drive({ command, root, cases: some, say: (line: string) => lines.push(line) })
  expect(problems).toEqual([])
  const text = lines.join('\n')
  expect(text.match(/\(exit code 11\)/g)?.length).toBe(5)
  expect(text).toContain('$ LATCHKEY_APP_KEY=••• LATCHKEY_TOKEN=••• latchkey connect examples/two-at-once.ts')
  expect(text.split('\n').at(-1)).toMatch(
    /^two at once: key and token +accepted +accepted +accepted +refused$/,
  )
  for (const secret of [secrets.password, secrets.apiKey, secrets.token, secrets.appKey])
    expect(text).not.toContain(secret)
}, 120_000)

test('the demo fails where the API does not do as it should', async () => {
  const wrong = { ...some[0], env: { LATCHKEY_API_KEY: 'not-the-key' } }
  const problems = await drive({ command, root, cases: [wrong], say: () => undefined })
  expect(problems.length).toBeGreaterThan(3)
}, 120_000)
