import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname, join, posix } from 'node:path'
import type { Files } from '../terminal.ts'

/** Files of the machine. */
export const machineFiles: Files = {
  async read(path) {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  },
  list: (folder) => below(folder, ''),
  async write(path, text) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const temporary = `${path}.${randomUUID()}.tmp`
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  },
  remove: (path) => rm(path, { force: true }),
}

/** Deeper than any definition; whoever names a home folder by mistake waits for little. */
const deepest = 4

async function below(folder: string, path: string): Promise<string[] | undefined> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return undefined
    throw error
  })
  const all = entries?.map(async (entry): Promise<string[]> => {
    const name = posix.join(path, entry.name)
    if (entry.isFile()) return [name]
    const isOpen = entry.isDirectory() && !/^(?:\.|node_modules$)/.test(entry.name)
    return (isOpen && name.split('/').length < deepest && (await below(folder, name))) || []
  })
  return all && (await Promise.all(all)).flat().sort()
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
