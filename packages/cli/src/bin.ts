#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { readers } from './definition/formats.ts'
import { run } from './program.ts'
import { openUpkeep, type Upkeep } from './store/open.ts'
import type { Terminal } from './terminal.ts'
import { browserOpener } from './world/browser.ts'
import { machineFiles } from './world/files.ts'
import { moduleLoader } from './world/load.ts'
import { listenOnLoopback } from './world/loopback.ts'
import { clackPrompter } from './world/prompts.ts'
import { standIn } from './world/stand-in.ts'
import { statusLine } from './world/status.ts'

const { argv, env, platform, stdin, stdout, stderr } = process
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const features = process.features as { readonly typescript?: string | false }
const stripsTypes = Boolean(features.typescript) || 'bun' in process.versions || 'deno' in process.versions

const elsewhere = env['LATCHKEY_STAND_IN'] ? standIn(env, fetch) : undefined
const isPerson = stdin.isTTY && stderr.isTTY

const upkeep = (folder: string): Promise<Upkeep> =>
  openUpkeep({
    folder,
    key: env['LATCHKEY_KEY'] || undefined,
    oldKeys: env['LATCHKEY_KEY_OLD'] || undefined,
    deployment: env['LATCHKEY_DEPLOYMENT'] || undefined,
    kind: env['LATCHKEY_STORE'] || undefined,
  })

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
  ...(isPerson && { prompter: clackPrompter(stdin, stderr), waiting: statusLine(stderr) }),
  ...(elsewhere && { fetch: elsewhere.fetch, page: elsewhere.address }),
  load: moduleLoader(stripsTypes),
  readers,
  files: machineFiles,
  store: async (folder) => (await upkeep(folder)).store,
  upkeep,
  now: () => Date.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
  random: (length) => randomBytes(length),
  listen: listenOnLoopback,
  open: browserOpener(platform),
  onInterrupt(run) {
    process.once('SIGINT', run)
    return () => void process.off('SIGINT', run)
  },
}

// Whoever reads standard output has read enough.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await run(argv.slice(2), terminal)
