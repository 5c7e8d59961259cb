#!/usr/bin/env node
// In a clone this file is there before the command is built, so that npm can link it.
import { existsSync } from 'node:fs'

const program = new URL('../dist/bin.js', import.meta.url)
if (existsSync(program)) await import(program.href)
else {
  console.error('latchkey is not built yet. Whoever cloned it must run: npm run build')
  process.exitCode = 1
}
