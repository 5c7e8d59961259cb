// npm run demo: builds the command, starts a demo API, and drives the command against it.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cases } from './cases.mjs'
import { drive } from './drive.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const started = performance.now()
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`

console.log('Building the command and the strategies that the examples use …')
const packages = ['cli', 'strategies/api-key', 'strategies/basic', 'strategies/bearer', 'strategies/custom']
const build = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-b',
    ...packages.map((name) => join(root, 'packages', name)),
  ],
  { stdio: 'inherit' },
)
if (build.status !== 0) {
  console.error('The build failed; run npm ci first.')
  process.exit(1)
}
console.log(`Built after ${seconds()}.`)

const problems = await drive({
  command: [process.execPath, join(root, 'packages/cli/dist/bin.js')],
  root,
  cases,
  say: (line) => console.log(line),
})
if (problems.length > 0) {
  console.error(
    `\nNot as expected after ${seconds()}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  )
  process.exitCode = 1
} else console.log(`\nEverything as expected after ${seconds()}.`)
