// npm run demo: compiles the command and the examples, starts a demo API and demo providers, and drives the command
// against them.
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compile } from './build.mjs'
import { cases } from './cases.mjs'
import { drive } from './drive.mjs'
import { oauthCases } from './oauth-cases.mjs'
import { schemeCases } from './scheme-cases.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const started = performance.now()
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`

console.log('Compiling the command and the examples …')
const folder = await compile(root).catch((error) => {
  console.error(`They cannot be compiled; run npm ci first. ${error.message}`)
  process.exit(1)
})
console.log(`Compiled after ${seconds()}.`)

const { demoRelay } = await import(pathToFileURL(join(folder, 'demo/relay.mjs')).href)
const problems = await drive({
  command: [process.execPath, join(folder, 'dist/bin.mjs')],
  cwd: folder,
  extension: '.mjs',
  cases,
  oauthCases,
  schemes: { cases: schemeCases, relay: demoRelay },
  say: (line) => console.log(line),
})
if (problems.length > 0) {
  console.error(
    `\nNot as expected after ${seconds()}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  )
  process.exitCode = 1
} else console.log(`\nEverything as expected after ${seconds()}.`)
