import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Files } from '../terminal.ts'
import { formats } from '../definition/formats.ts'
import { told } from '../store/file.ts'
import type { Source } from './source.ts'

/** Remembers for each connection where its connector came from; nothing in it is secret. */
export interface Sources {
  read(name: string): Promise<Source | undefined>
  write(name: string, source: Source): Promise<void>
  remove(name: string): Promise<void>
}

/** One small file a connection, so that two processes need no lock. */
export function sourcesIn(folder: string, files: Files): Sources {
  const pathOf = (name: string): string => {
    // File systems that fold case would take "a" and "A" for one.
    const hash = createHash('sha256').update(name).digest('hex').slice(0, 16)
    return join(folder, 'connectors', `${name.toLowerCase()}.${hash}.json`)
  }
  return {
    async read(name) {
      const text = await told(pathOf(name), () => files.read(pathOf(name)))
      return text === undefined ? undefined : parse(text)
    },
    write: (name, source) =>
      told(pathOf(name), () =>
        files.write(pathOf(name), `${JSON.stringify({ name, ...source }, null, 2)}\n`),
      ),
    remove: (name) => told(pathOf(name), () => files.remove(pathOf(name))),
  }
}

function parse(text: string): Source | undefined {
  try {
    const known = JSON.parse(text) as Readonly<Record<string, unknown>>
    const { module, from, export: name, baseUrl, stream, origins, code } = known
    if (typeof module !== 'string' || typeof from !== 'string') return undefined
    const format = formats.find((each) => each === known['format'])
    return {
      module,
      from,
      ...(typeof name === 'string' && { export: name }),
      ...(typeof baseUrl === 'string' && { baseUrl }),
      ...(format !== undefined && { format }),
      ...(typeof stream === 'string' && { stream }),
      ...(Array.isArray(origins) && { origins: origins.filter((each) => typeof each === 'string') }),
      ...(code === true && { code }),
    }
  } catch {
    return undefined
  }
}
