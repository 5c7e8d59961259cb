import { chmod, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

export type Value = string | number | null

/** The part of a SQLite engine that the store uses; all of it works at once, without promises. */
export interface Engine {
  exec(sql: string): unknown
  prepare(sql: string): { all(...values: Value[]): unknown[] }
  close(): void
}

export type OpenEngine = (path: string) => Engine

/** What the store takes from the machine. */
export interface World {
  /** undefined: this runtime has no SQLite. */
  readonly engine: () => Promise<OpenEngine | undefined>
  readonly prepareFile: (path: string) => Promise<'ready' | 'foreign'>
  readonly sleep: (ms: number) => Promise<void>
}

export const thisWorld = (): World => ({ engine, prepareFile, sleep })

/** `node:sqlite` where the runtime has it without a flag (Node 22.13 and later, Deno), else the package `libsql`. */
async function engine(): Promise<OpenEngine | undefined> {
  // Not an import, so that no bundler has to know either of the two.
  const builtin = quietly(() => host.getBuiltinModule?.('node:sqlite')) as
    { readonly DatabaseSync: Constructor } | undefined
  if (builtin) return (path) => new builtin.DatabaseSync(path)
  try {
    const name = 'libsql'
    const { default: Database } = (await import(name)) as { default: Constructor }
    return (path) => new Database(path)
  } catch {
    return undefined
  }
}

type Constructor = new (path: string) => Engine

// The types of Node 20 know no `node:sqlite`, and not every runtime has the function.
const host = process as unknown as {
  getBuiltinModule?: (this: void, name: string) => unknown
  emitWarning: (this: void) => void
}

/** Node 22 warns on standard error that `node:sqlite` is new; whoever chose this store has no use for that. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = host
  try {
    host.emitWarning = () => undefined
    return load()
  } finally {
    host.emitWarning = emitWarning
  }
}

/** Makes file (mode 0600) and folder (0700) where they are missing, closes the file to others, and looks at its head. */
async function prepareFile(path: string): Promise<'ready' | 'foreign'> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a+', 0o600)
  try {
    const { mode, size } = await file.stat()
    // SQLite gives the files beside it (-wal, -shm) the mode of the database. Windows keeps no such mode.
    if ((mode & 0o077) !== 0) await chmod(path, 0o600).catch(() => undefined)
    if (size === 0) return 'ready'
    const { buffer } = await file.read(Buffer.alloc(head.length), 0, head.length, 0)
    return buffer.toString('latin1') === head ? 'ready' : 'foreign'
  } finally {
    await file.close()
  }
}

// SQLite file format, section 1.3: every database begins with these 16 bytes.
const head = 'SQLite format 3\0'

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}
