import { mkdirSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * A module of a test, in one file that plain node runs as a process of its own, on every version. Packages that bring
 * binaries or are large stay outside; the file lies where node finds them.
 */
export const bundled = async (entry: URL): Promise<string> => {
  const folder = fileURLToPath(new URL('../node_modules/.cache/latchkey', import.meta.url))
  const name = entry.pathname.replace(/^.*\/packages\//, '').replace(/\W+/g, '-')
  const outfile = `${folder}/${name}.mjs`
  mkdirSync(folder, { recursive: true })
  // Several test files may bundle the same module at once.
  const temporary = `${folder}/${process.pid}-${basename(outfile)}`
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile: temporary,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@latchkey/source'],
    external: ['pg', 'redis', 'libsql', '@electric-sql/pglite'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
  })
  await rename(temporary, outfile)
  return outfile
}
