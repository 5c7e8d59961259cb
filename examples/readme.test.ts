import { expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { runReadme } from '../tools/readme.ts'
import { startApi } from './demo/api.mjs'
import { secrets } from './demo/cases.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = new URL('../README.md', import.meta.url)
const text = readFileSync(readme, 'utf8')

test('the example of the README prints what the README says', async () => {
  const { printed, promised } = await runReadme(readme, (name) => import(name) as Promise<object>)
  expect(printed).toBe(promised)
})

test('the connectors of the README are the files that it names', () => {
  const shown = [...text.matchAll(/\]\((examples\/[\w-]+\.ts)\):\n\n```ts\n(.*?)```/gs)]
  expect(shown.map(([, file]) => file)).toEqual(['examples/three-ways.ts', 'examples/two-at-once.ts'])
  for (const [, file = '', code] of shown) expect(code).toBe(readFileSync(join(root, file), 'utf8'))
})

test('the README has at most 150 lines', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(151)
})

test('the commands of the README print what the README says', async () => {
  const [, block = ''] = /```console\n(.*?)```/s.exec(text) ?? []
  const lines = block.trimEnd().split('\n')
  const api = (await startApi(secrets)) as { url: string; close: () => Promise<void> }
  const home = mkdtempSync(join(tmpdir(), 'latchkey-readme-'))
  // The command from source, and the connector at the demo API.
  const latchkey = `latchkey() {
    if [ "$1" = connect ]; then set -- "$@" --base-url ${api.url}/three; fi
    '${process.execPath}' --conditions=@latchkey/source --disable-warning=ExperimentalWarning \\
      --import ./packages/cli/test/process/register.mjs packages/cli/src/bin.ts "$@"
  }`
  const script = [
    latchkey,
    ...lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2)),
  ].join('\n')
  try {
    const env = { PATH: process.env['PATH'], LATCHKEY_HOME: home }
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { cwd: root, env })
    const printed = stdout + stderr
    expect(printed.trimEnd().split('\n')).toEqual(lines.filter((line) => !line.startsWith('$ ')))
  } finally {
    await api.close()
    rmSync(home, { recursive: true, force: true })
  }
}, 60_000)
