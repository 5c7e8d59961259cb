import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server program that a test started for itself. */
export interface Program {
  readonly pid: number
  /** What it printed so far. */
  readonly printed: () => string
  /** Ends it with this signal, and resolves once it is gone. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>
}

/** Who runs it: servers refuse to run as root, or should. */
export interface User {
  readonly uid?: number
  readonly gid?: number
}

/** This user, or where that is root an account that Debian's package has made. */
export const userFor = (account: string): User => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, account], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** A new folder that belongs to the user; `remove` takes it away. */
export const folderFor = ({ uid, gid }: User, name: string): { folder: string; remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), `latchkey-${name}-`))
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The path of a program in the folders where Debian puts servers; undefined: it is not installed. */
export const programPath = (name: string): string | undefined => {
  const postgres = '/usr/lib/postgresql'
  const versions = existsSync(postgres)
    ? readdirSync(postgres).map((version) => `${postgres}/${version}/bin`)
    : []
  const path = (process.env['PATH'] ?? '').split(':')
  return [...versions.sort().reverse(), ...path, '/usr/bin', '/usr/sbin', '/usr/local/bin']
    .map((folder) => `${folder}/${name}`)
    .find((file) => existsSync(file))
}

/**
 * Starts a program, and resolves once it has printed `ready`. It is ended with this process, however that ends well.
 * @throws {Error} the program ends before, with what it printed
 */
export const startProgram = async (
  path: string,
  given: readonly string[],
  ready: string,
  user: User = {},
): Promise<Program> => {
  const child: ChildProcess = spawn(path, given, { ...user, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  const gone = once(child, 'exit')
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (text: string): void => {
      printed += text
      if (printed.includes(ready)) resolve()
    }
    child.stdout?.setEncoding('utf8').on('data', hear)
    child.stderr?.setEncoding('utf8').on('data', hear)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${path} ended before it was ready:\n${printed}`)))
  })
  return {
    pid: child.pid ?? 0,
    printed: () => printed,
    async stop(signal) {
      child.kill(signal)
      await gone
      process.off('exit', end)
    },
  }
}
