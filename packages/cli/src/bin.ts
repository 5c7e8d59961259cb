#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { run } from './program.ts'
import { openStore } from './store/open.ts'
import type { Terminal } from './terminal.ts'
import { machineFiles } from './world/files.ts'
import { moduleLoader } from './world/load.ts'
import { clackPrompter } from './world/prompts.ts'

const { argv, env, platform, stdin, stdout, stderr } = process
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const features = process.features as { readonly typescript?: string | false }
const stripsTypes = Boolean(features.typescript) || 'bun' in process.versions || 'deno' in process.versions

const terminal: Terminal = {
  env,
  cwd: process.cwd(),
  platform,
  home: homedir(),
  version,
  async stdin() {
    const chunks: Buffer[] = []
    for await (const chunk of stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  },
  out: (chunk) =>
    new Promise((resolve) => {
      stdout.write(chunk, () => resolve())
    }),
  err: (text) => void stderr.write(text),
  ...(stdin.isTTY && stderr.isTTY && { prompter: clackPrompter(stdin, stderr) }),
  load: moduleLoader(stripsTypes),
  files: machineFiles,
  store: (folder) => openStore({ folder, key: env['LATCHKEY_KEY'] || undefined }),
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

// Whoever reads standard output has read enough.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await run(argv.slice(2), terminal)
