// npm on a registry that lags silently drops optional platform binaries from the lock; `npm ci` then refuses it
// on the platforms concerned. It may also leave a package.json behind that the lock does not know.
import { readFileSync } from 'node:fs'

const file = process.argv[2] ?? 'package-lock.json'
const packages = JSON.parse(readFileSync(file, 'utf8')).packages
const names = new Set(Object.keys(packages).map((key) => key.split('node_modules/').pop()))
const missing = Object.entries(packages).flatMap(([key, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !names.has(name))
    .map((name) => `${key} -> ${name}`),
)
const unsealed = Object.entries(packages)
  .filter(
    ([key, entry]) => key.includes('node_modules/') && !entry.link && !entry.integrity && !entry.inBundle,
  )
  .map(([key]) => `${key} has no integrity`)
const faults = [...missing, ...unsealed]
if (faults.length > 0) {
  console.error(`${file} is incomplete:\n${faults.join('\n')}`)
  process.exit(1)
}
console.log(`${file} is complete: ${Object.keys(packages).length} packages`)
