// The other runtimes that the tests visit, installed from npm into a temporary prefix: they are never part of the
// lock, and what is there and works is used again. `node tools/runtimes.mjs node22` prints the program's path.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const runtimes = {
  node22: { spec: 'node@22.23.3', bin: 'node' },
  node24: { spec: 'node@24.21.0', bin: 'node' },
  bun: { spec: 'bun@1.4.5', bin: 'bun' },
  deno: { spec: 'deno@2.9.6', bin: 'deno' },
  // The newest miniflare that runs on Node 20; it brings its own workerd.
  miniflare: { spec: 'miniflare@4.20260426.0' },
}

const version = (spec) => spec.slice(spec.lastIndexOf('@') + 1)

const works = (folder, { spec, bin }) => {
  if (bin === undefined) {
    const manifest = join(folder, 'node_modules/miniflare/package.json')
    const workerd = join(folder, 'node_modules/.bin/workerd')
    if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== version(spec))
      return false
    return spawnSync(workerd, ['--version']).status === 0
  }
  const { status, stdout } = spawnSync(join(folder, 'node_modules/.bin', bin), ['--version'], {
    encoding: 'utf8',
  })
  return status === 0 && stdout.includes(version(spec))
}

/** The program's path (for miniflare the folder that it is installed in), after installing it where it is missing. */
export const runtime = (name) => {
  const wanted = runtimes[name]
  if (wanted === undefined)
    throw new Error(`unknown runtime ${name}: one of ${Object.keys(runtimes).join(', ')}`)
  const folder = join(tmpdir(), 'latchkey-runtimes', wanted.spec)
  if (!works(folder, wanted)) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private":true}')
    const options = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] }
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', wanted.spec], options)
    if (!works(folder, wanted)) throw new Error(`${wanted.spec} was installed in ${folder} and does not run`)
  }
  return wanted.bin === undefined ? folder : join(folder, 'node_modules/.bin', wanted.bin)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(runtime(process.argv[2]))
