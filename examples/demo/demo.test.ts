import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from './build.mjs'
import { cases, secrets } from './cases.mjs'
import { drive } from './drive.mjs'
import { demoClient, oauthCases } from './oauth-cases.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
let setting: { command: string[]; cwd: string; extension: string }

beforeAll(async () => {
  const cwd = await compile(root, `latchkey-demo-test-${process.pid}`)
  setting = { command: [process.execPath, join(cwd, 'dist/bin.mjs')], cwd, extension: '.mjs' }
})
afterAll(() => rmSync(setting.cwd, { recursive: true, force: true }))

// All of them run in `npm run demo`; these stand for one key, a body, a selector and two at once.
const some = cases.filter(({ name }) => ['header', 'json', 'three-login', 'both'].includes(name))

const oauth = oauthCases.filter(({ name }) => ['smartsheet', 'github-device', 'google-drive'].includes(name))

test('the demo shows each scheme accepted, each wrong secret refused, and no secret', async () => {
  const lines: string[] = []
  const problems = await drive({
    ...setting,
    cases: some,
    oauthCases: oauth,
    say: (line: string) => lines.push(line),
  })
  expect(problems).toEqual([])
  const text = lines.join('\n')
  expect(text.match(/\(exit code 11\)/g)?.length).toBe(8)
  expect(text.match(/\(exit code 13\)/g)?.length).toBe(2)
  expect(text).toContain('(the person opens it, and presses Deny)')
  expect(text).toContain(
    '$ LATCHKEY_APP_KEY=••• LATCHKEY_TOKEN=••• latchkey connect examples/two-at-once.mjs',
  )
  expect(text.split('\n').at(-1)).toMatch(
    /^two at once: key and token +accepted +accepted +accepted +refused$/,
  )
  for (const secret of [demoClient.secret, secrets.password, secrets.apiKey, secrets.token, secrets.appKey])
    expect(text).not.toContain(secret)
}, 120_000)

test('the demo fails where the API does not do as it should', async () => {
  const wrong = { ...some[0], env: { LATCHKEY_API_KEY: 'not-the-key' } }
  const problems = await drive({ ...setting, cases: [wrong], say: () => undefined })
  expect(problems.length).toBeGreaterThan(3)
}, 120_000)
