// What would be published, packed for real: publint and are-the-types-wrong judge each tarball, and it holds the
// licence, the read-me and every file that its manifest points to, and no leftovers of the build.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { published, root } from './workspaces.mjs'

const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')

const targets = (value) =>
  typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap((inner) => targets(inner))

const pack = (folder, to) => {
  const out = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', to], {
    cwd: join(root, folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const parsed = JSON.parse(out)
  const [entry] = Array.isArray(parsed) ? parsed : Object.values(parsed)
  return { tarball: join(to, entry.filename), files: entry.files.map(({ path }) => path) }
}

const contents = (manifest, files) => {
  const wanted = [manifest.exports, manifest.imports, manifest.bin]
    .flatMap(targets)
    .map((path) => path.slice(2))
  const absent = [...new Set(['LICENSE', 'README.md', ...wanted])].filter((path) => !files.includes(path))
  const stray = files.filter((path) => /tsbuildinfo|(^|\/)test\/|\.test\.|\.env/.test(path))
  const stale = files
    .filter((path) => /^dist\/.*\.js$/.test(path))
    .filter((path) => !files.includes(path.replace(/^dist/, 'src').replace(/js$/, 'ts')))
  return [
    ...absent.map((path) => `${path} is not in the tarball`),
    ...stray.map((path) => `${path} does not belong in the tarball`),
    ...stale.map((path) => `${path} has no source any more: npm run clean && npm run build`),
  ]
}

const types = (manifest, tarball) => {
  if (!JSON.stringify(manifest.exports).includes('"types"')) return []
  const run = spawnSync(
    process.execPath,
    [attw, tarball, '--profile', 'esm-only', '--no-color', '--no-emoji'],
    {
      encoding: 'utf8',
    },
  )
  return run.status === 0 ? [] : [`are the types wrong:\n${run.stdout}${run.stderr}`]
}

const judge = async ({ folder, manifest }, to) => {
  const { tarball, files } = pack(folder, to)
  const { messages } = await publint({
    pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
    strict: true,
  })
  return [
    ...contents(manifest, files),
    ...messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`),
    ...types(manifest, tarball),
  ]
}

const to = mkdtempSync(join(tmpdir(), 'latchkey-pack-'))
try {
  for (const workspace of published()) {
    const faults = await judge(workspace, to)
    for (const fault of faults) console.error(`${workspace.manifest.name}: ${fault}`)
    if (faults.length > 0) process.exitCode = 1
    else console.log(`${workspace.manifest.name}: the tarball is sound`)
  }
} finally {
  rmSync(to, { recursive: true, force: true })
}
