// Compiles the command and the examples once, each into one file: Node 20 would compile an example in every process.
import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@latchkey/source'],
  outExtension: { '.js': '.mjs' },
  // What is loaded only where it is needed, and CommonJS inside.
  external: ['jiti', '@clack/prompts', 'undici'],
  banner: {
    js: "import { createRequire as createDemoRequire } from 'node:module'; const require = createDemoRequire(import.meta.url)",
  },
  logLevel: 'error',
}

/** Writes them where Node finds the packages of the repository; resolves with the folder. */
export const compile = async (root, name = 'latchkey-demo') => {
  const folder = join(root, 'node_modules/.cache', name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const examples = join(root, 'examples')
  const names = (await readdir(examples)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  await Promise.all([
    cp(join(root, 'packages/cli/package.json'), join(folder, 'package.json')),
    build({ ...common, entryPoints: [join(root, 'packages/cli/src/bin.ts')], outdir: join(folder, 'dist') }),
    build({
      ...common,
      entryPoints: names.map((name) => join(examples, name)),
      outdir: join(folder, 'examples'),
    }),
    build({ ...common, entryPoints: [join(examples, 'demo/relay.ts')], outdir: join(folder, 'demo') }),
  ])
  return folder
}
