// npm run corpus: what the definitions of other systems hold and what of them can be expressed. Each format with a file
// test/corpus/tally.ts has its say; the same text stands in docs/formats/, where a test compares it.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from './workspaces.mjs'

const formats = join(root, 'packages/formats')
// Inside the repository, so that packages are found from there.
const out = mkdtempSync(join(root, 'node_modules/.latchkey-corpus-'))
process.env.LATCHKEY_CORPORA ??= join(root, '../shared/corpora')
try {
  for (const name of readdirSync(formats).sort()) {
    const entry = join(formats, name, 'test/corpus/tally.ts')
    if (!existsSync(entry)) continue
    if (!existsSync(join(process.env.LATCHKEY_CORPORA, name))) {
      console.error(`${name}: there is no corpus in ${process.env.LATCHKEY_CORPORA}; set LATCHKEY_CORPORA.`)
      process.exitCode = 1
      continue
    }
    const outfile = join(out, `${name}.mjs`)
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@latchkey/source'],
      external: ['undici', 'ky', 'yaml', 're2js'],
      logLevel: 'error',
    })
    const { tally } = await import(pathToFileURL(outfile).href)
    console.log(`# ${name}\n\n${await tally()}`)
  }
} finally {
  rmSync(out, { recursive: true, force: true })
}
