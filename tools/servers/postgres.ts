import { spawnSync } from 'node:child_process'
import { chownSync, writeFileSync } from 'node:fs'
import { folderFor, type Program, programPath, startProgram, userFor } from './program.ts'

/** What a client connects to: `new Pool(server.address)`. */
export interface Address {
  /** The folder of the socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

/** A PostgreSQL of a test's own, in a folder of its own, on a socket of its own. */
export interface PostgresServer {
  readonly address: Address
  /** `immediate` is what a crash leaves: no checkpoint, clients cut off. */
  readonly stop: (how: 'fast' | 'immediate') => Promise<void>
  /** After `stop`, on the same data. */
  readonly start: () => Promise<void>
  readonly pid: () => number
  /** Stops it and removes its folder. */
  readonly close: () => Promise<void>
}

/** Why no server can be started here; undefined: it can. */
export const postgresMissing = (): string | undefined =>
  programPath('postgres') && programPath('initdb') ? undefined : 'no postgres and initdb (Debian: postgresql)'

/**
 * Starts a server. `settings` are its parameters, such as `{ max_connections: '20' }`. It does not wait for the disk
 * unless they say `fsync: 'on'`: nothing here loses power.
 */
export const startPostgres = async (
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> => {
  const user = userFor('postgres')
  const { folder, remove } = folderFor(user, 'postgres')
  const data = `${folder}/data`
  const made = spawnSync(
    programPath('initdb') ?? 'initdb',
    ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...user, cwd: '/', encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stderr}`)
  const all = { listen_addresses: '', unix_socket_directories: folder, fsync: 'off', ...settings }
  const given = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const run = (): Promise<Program> =>
    startProgram(
      programPath('postgres') ?? 'postgres',
      ['-D', data, ...given],
      'database system is ready to accept connections',
      user,
    )
  let program: Program | undefined = await run()
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    const running = program
    program = undefined
    await running?.stop(signal)
  }
  return {
    address: { host: folder, port: 5432, user: 'postgres', database: 'postgres' },
    stop: (how) => stop(how === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    async start() {
      program ??= await run()
    },
    pid: () => program?.pid ?? 0,
    async close() {
      await stop('SIGQUIT')
      remove()
    },
  }
}

export const pgbouncerMissing = (): string | undefined =>
  programPath('pgbouncer') ? undefined : 'no pgbouncer (Debian: pgbouncer)'

/** A transaction pooler before a server: each statement outside a transaction may run on another of its connections. */
export const startPgbouncer = async (
  server: Address,
  connections: number,
): Promise<{ address: Address; close: () => Promise<void> }> => {
  const user = userFor('postgres')
  const { folder, remove } = folderFor(user, 'pgbouncer')
  const file = `${folder}/pgbouncer.ini`
  writeFileSync(
    file,
    `[databases]
${server.database} = host=${server.host} port=${server.port} user=${server.user}
[pgbouncer]
unix_socket_dir = ${folder}
listen_port = 6432
listen_addr =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 200
server_round_robin = 1
`,
  )
  if (user.uid !== undefined && user.gid !== undefined) chownSync(file, user.uid, user.gid)
  const program = await startProgram(programPath('pgbouncer') ?? 'pgbouncer', [file], 'process up', user)
  return {
    address: { ...server, host: folder, port: 6432 },
    async close() {
      await program.stop('SIGQUIT')
      remove()
    },
  }
}
