import { folderFor, type Program, programPath, startProgram, userFor } from './program.ts'

/** A Redis of a test's own, in a folder of its own, on a socket of its own. */
export interface RedisServer {
  /** `createClient({ socket: { path: server.path } })` */
  readonly path: string
  /** `SIGKILL` is a crash, `SIGTERM` a shutdown. */
  readonly stop: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>
  /** After `stop`, on the same data. */
  readonly start: () => Promise<void>
  readonly pid: () => number
  /** Stops it and removes its folder. */
  readonly close: () => Promise<void>
}

/** Why no server can be started here; undefined: it can. */
export const redisMissing = (): string | undefined =>
  programPath('redis-server') ? undefined : 'no redis-server (Debian: redis-server)'

/** The durability that a store of record needs. */
export const durable: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
}

/** Starts a server with these settings besides its own place; default: durable. */
export const startRedis = async (
  settings: Readonly<Record<string, string>> = durable,
): Promise<RedisServer> => {
  const user = userFor('redis')
  const { folder, remove } = folderFor(user, 'redis')
  const path = `${folder}/redis.sock`
  const all = { port: '0', unixsocket: path, unixsocketperm: '700', dir: folder, save: '', ...settings }
  const given = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
  const run = (): Promise<Program> =>
    startProgram(
      programPath('redis-server') ?? 'redis-server',
      given,
      all.port === '0' ? 'The server is now ready to accept connections at' : 'Ready to accept connections',
      user,
    )
  let program: Program | undefined = await run()
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    const running = program
    program = undefined
    await running?.stop(signal)
  }
  return {
    path,
    stop,
    async start() {
      program ??= await run()
    },
    pid: () => program?.pid ?? 0,
    async close() {
      await stop('SIGKILL')
      remove()
    },
  }
}
