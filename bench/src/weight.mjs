import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { quartiles } from './measure.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** What an application writes that connects one account, and what a peer's user writes. */
export const programs = {
  'core + api-key': "export { connect } from '@latchkey/core'; export { apiKey } from '@latchkey/api-key'",
  'core + basic': "export { connect } from '@latchkey/core'; export { basic } from '@latchkey/basic'",
  'core + oauth2': "export { connect } from '@latchkey/core'; export { oauth2 } from '@latchkey/oauth2'",
  '@octokit/core': "export { Octokit } from '@octokit/core'",
  'openid-client': "export { Configuration, fetchProtectedResource } from 'openid-client'",
}

/** Bytes of a program that an esbuild bundle holds, ky and undici left out, and where they come from. */
export const sizeOf = async (program) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: here },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['ky', 'undici'],
    logLevel: 'error',
  })
  const { contents } = outputFiles[0]
  const files = Object.values(metafile.outputs)[0].inputs
  return {
    minified: contents.length,
    gzipped: gzipSync(contents, { level: 9 }).length,
    files: Object.entries(files)
      .map(([file, { bytesInOutput }]) => ({
        file: file.replace(/^.*(packages|node_modules)\//, ''),
        bytes: bytesInOutput,
      }))
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => b.bytes - a.bytes),
  }
}

const timed = (program) => {
  const modules = [...program.matchAll(/from '([^']+)'/g)].map(([, name]) => name)
  return `const t = performance.now(); for (const m of ${JSON.stringify(modules)}) await import(m); console.log(performance.now() - t)`
}

/** Milliseconds to import a program's packages as they are installed, each time in a process of its own. */
export const importTimes = (runs) => {
  const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]))
  for (let run = -1; run < runs; run++) {
    for (const [name, program] of Object.entries(programs)) {
      const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', timed(program)], {
        cwd: here,
      })
      // The first run fills the file system's cache.
      if (run >= 0) times[name].push(Number(printed))
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, quartiles(list)]))
}
