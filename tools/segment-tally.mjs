// node tools/segment-tally.mjs FOLDER: runs fromSegment over every destination of the real npm packages, which are no
// dependency of ours. FOLDER is where they were installed (docs/formats/segment.md says how). Nothing is sent.
import { createRequire } from 'node:module'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from './workspaces.mjs'

const folder = process.argv[2]
if (folder === undefined) throw new Error('Say where @segment/action-destinations is installed.')
const installed = createRequire(join(resolve(folder), 'package.json'))

/** Definitions may start something of their own; a tally is no reason to call anyone. */
globalThis.fetch = () => Promise.reject(new Error('A tally sends nothing.'))

const bundle = async () => {
  const made = mkdtempSync(join(tmpdir(), 'latchkey-tally-'))
  const outfile = join(made, 'segment.mjs')
  try {
    await build({
      entryPoints: [join(root, 'packages/formats/segment/src/index.ts')],
      conditions: ['@latchkey/source'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(made, { recursive: true })
  }
}

const versionOf = (name) =>
  JSON.parse(readFileSync(join(resolve(folder), 'node_modules/@segment', name, 'package.json'), 'utf8'))
    .version

const { fromSegment } = await bundle()
const { manifest } = installed('@segment/action-destinations')

/** How one definition loads: by itself, or with its hosts stated. */
const load = (definition) => {
  try {
    return { how: 'derived', ...fromSegment(definition) }
  } catch (error) {
    if (!/State the option origins/.test(error.message)) return { how: 'failed', reason: error.message }
  }
  try {
    return { how: 'stated', ...fromSegment(definition, { origins: ['https://*'] }) }
  } catch (error) {
    return { how: 'failed', reason: error.message }
  }
}

const rows = Object.values(manifest).map(({ definition, directory }) => ({
  name: directory,
  scheme: definition.authentication?.scheme ?? 'none',
  ...load(definition),
}))
const count = (list, by) =>
  [...new Set(list.map(by))]
    .sort()
    .map((name) => `${name} ${list.filter((row) => by(row) === name).length}`)
    .join(', ')

for (const name of ['actions-core', 'action-destinations']) console.log(`@segment/${name} ${versionOf(name)}`)
console.log(`${rows.length} definitions: ${count(rows, ({ scheme }) => scheme)}`)
console.log(`loads: ${count(rows, ({ how }) => how)}`)
for (const { name, reason } of rows.filter(({ how }) => how === 'failed')) console.log(`  ${name}: ${reason}`)
const warned = rows.flatMap(({ name, warnings = [] }) => warnings.map((warning) => ({ name, ...warning })))
console.log(`warnings: ${warned.length}, in ${new Set(warned.map(({ name }) => name)).size} definitions`)
for (const { name, path, message } of warned.filter(({ path }) => path !== 'extendRequest'))
  console.log(`  ${name}: ${path}: ${message}`)
process.exit(rows.some(({ how }) => how === 'failed') ? 1 : 0)
