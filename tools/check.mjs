// npm run check: every check, each named and timed; all of them run, and one that fails makes the whole fail.
import { spawnSync } from 'node:child_process'
import { root } from './workspaces.mjs'

const checks = ['lock', 'format', 'types', 'lint', 'graph', 'packages']
const failed = checks.filter((name) => {
  const start = performance.now()
  console.log(`\n> check:${name}`)
  const { status } = spawnSync('npm', ['run', '--silent', `check:${name}`], { cwd: root, stdio: 'inherit' })
  console.log(
    `  ${status === 0 ? 'ok' : 'FAILED'} after ${((performance.now() - start) / 1000).toFixed(1)} s`,
  )
  return status !== 0
})
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.map((name) => `check:${name}`).join(', ')}`)
  process.exit(1)
}
console.log('\nevery check passed')
