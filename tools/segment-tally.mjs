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
      stdin: {
        contents:
          "export { fromSegment } from '@latchkey/format-segment'; export { connect } from '@latchkey/core'",
        resolveDir: join(root, 'examples'),
      },
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

const { connect, fromSegment } = await bundle()
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

/** A value that the form takes. */
const valueFor = (name, { type, choices, default: preset, format, pattern }) => {
  if (preset !== undefined && preset !== '') return preset
  if (type === 'boolean') return true
  if (type === 'number') return 1
  if (choices !== undefined) return choices[0].value ?? choices[0]
  const byFormat = {
    uuid: '123e4567-e89b-12d3-a456-426614174000',
    email: 'a@example.com',
    url: 'https://example.com',
  }
  return (
    byFormat[format] ??
    (format === 'hostname' ? 'example.com' : pattern ? 'https://example.com' : `madeup-${name}`)
  )
}

const auth = { accessToken: 'madeup-access-token', refreshToken: 'madeup-refresh-token' }

/** What an extension puts on a request at home, by name. */
const atHome = ({ extendRequest }, settings) => {
  const {
    headers = {},
    username,
    password,
    searchParams = {},
  } = extendRequest?.({ settings, auth, payload: undefined }) ?? {}
  const named = Object.entries(headers).filter(([, value]) => ![undefined, null, 'undefined'].includes(value))
  const basic =
    username || password
      ? `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`
      : undefined
  return {
    ...Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), String(value)])),
    ...(basic && { authorization: basic }),
    ...Object.fromEntries(Object.entries(searchParams).map(([name, value]) => [`?${name}`, String(value)])),
  }
}

/** Whether a request carries here what it carries at home. */
const compare = async (definition, { connector, configOf }) => {
  if (definition.extendRequest === undefined) return 'no extendRequest'
  const settings = Object.fromEntries(
    Object.entries(connector.auth.fields).map(([name, field]) => [name, valueFor(name, field)]),
  )
  const config = { ...configOf(settings), oauth: undefined }
  let home
  try {
    home = atHome(definition, config)
  } catch (error) {
    return `throws at home too (${error.name})`
  }
  try {
    const isOAuth = connector.auth.scheme.startsWith('oauth')
    const connection = connect(connector, { settings, ...(isOAuth && { credentials: auth }) })
    const request = await connection.apply(
      new Request('https://api.example.com/x', { method: 'POST', body: '{}' }),
    )
    const query = [...new URL(request.url).searchParams].map(([name, value]) => [`?${name}`, value])
    const here = Object.fromEntries([...request.headers, ...query])
    const other = Object.keys(home).filter((name) => home[name] !== here[name])
    return other.length === 0 ? 'the same on a request' : `other: ${other.join(', ')}`
  } catch (error) {
    return `refused: ${error.message}`
  }
}

const rows = []
for (const { definition, directory } of Object.values(manifest)) {
  const loaded = load(definition)
  const scheme = definition.authentication?.scheme ?? 'none'
  const request = loaded.how === 'failed' ? 'not loaded' : await compare(definition, loaded)
  rows.push({ name: directory, scheme, request, ...loaded })
}
const count = (list, by) =>
  [...new Set(list.map(by))]
    .sort()
    .map((name) => `${name} ${list.filter((row) => by(row) === name).length}`)
    .join(', ')

for (const name of ['actions-core', 'action-destinations']) console.log(`@segment/${name} ${versionOf(name)}`)
console.log(`${rows.length} definitions: ${count(rows, ({ scheme }) => scheme)}`)
console.log(`loads: ${count(rows, ({ how }) => how)}`)
for (const { name, reason } of rows.filter(({ how }) => how === 'failed')) console.log(`  ${name}: ${reason}`)
const usual = ['the same on a request', 'no extendRequest']
console.log(`requests: ${count(rows, ({ request }) => (usual.includes(request) ? request : 'otherwise'))}`)
for (const { name, request } of rows.filter(({ request }) => !usual.includes(request)))
  console.log(`  ${name}: ${request}`)
const warned = rows.flatMap(({ name, warnings = [] }) => warnings.map((warning) => ({ name, ...warning })))
console.log(`warnings: ${warned.length}, in ${new Set(warned.map(({ name }) => name)).size} definitions`)
for (const { name, path, message } of warned.filter(({ path }) => path !== 'extendRequest'))
  console.log(`  ${name}: ${path}: ${message}`)
process.exit(rows.some(({ how }) => how === 'failed') ? 1 : 0)
