import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewRecord } from '@latchkey/core'
import { type Engine, thisWorld } from '../src/world.ts'

export const record: NewRecord = {
  grant: 'g',
  connector: 'acme',
  scheme: 'basic',
  settings: { password: 'canary' },
}
export const parent = { grant: 'g', version: 1 }

/** A folder of its own for the run, removed afterwards. */
export const inFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-sqlite-'))
  try {
    await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Does something to the file past the store. */
export const beside = async <T>(path: string, run: (engine: Engine) => T | Promise<T>): Promise<T> => {
  const open = await thisWorld().engine()
  const engine = open!(path)
  try {
    engine.prepare('PRAGMA busy_timeout = 5000').all()
    return await run(engine)
  } finally {
    engine.close()
  }
}

/** This machine, on which each engine is changed before it is used. */
export const meddled = (change: (engine: Engine) => Engine): ReturnType<typeof thisWorld> => ({
  ...thisWorld(),
  async engine() {
    const open = await thisWorld().engine()
    return (path) => change(open!(path))
  },
})
