import { dirname } from 'node:path'
import { type Place, syncFolder, unless } from './place.ts'

/** Makes a file (mode 0600) whole in one step, unless it is there: of processes that begin together all find the faster one's. */
export async function makeFile(path: string, text: string, { fs, id }: Place): Promise<void> {
  const temporary = `${path}.${id()}.new`
  const folder = dirname(path)
  try {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 })
    const file = await fs.open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await fs.link(temporary, path).catch(unless('EEXIST', undefined))
    await syncFolder(fs, folder)
  } finally {
    await fs.unlink(temporary).catch(() => undefined)
  }
}
