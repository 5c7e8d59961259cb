import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { folderFor, type Program, programPath, startProgram, userFor } from './program.ts'

/** A Redis of a test's own, in a folder of its own, on a socket of its own. */
export interface RedisServer {
  /** `createClient({ socket: { path: server.path } })` */
  readonly path: string
  /** At 127.0.0.1; 0 for none. */
  readonly port: number
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

/**
 * Starts a server with these settings besides its own place; default: durable. With `port: 'free'` it also listens at a
 * free port of 127.0.0.1.
 */
export const startRedis = async (
  settings: Readonly<Record<string, string>> = durable,
): Promise<RedisServer> => {
  const user = userFor('redis')
  const { folder, remove } = folderFor(user, 'redis')
  const path = `${folder}/redis.sock`
  const port = settings['port'] === 'free' ? await freePort() : 0
  const place = {
    unixsocket: path,
    unixsocketperm: '700',
    dir: folder,
    port: String(port),
    bind: '127.0.0.1',
  }
  const given = Object.entries({ save: '', ...settings, ...place }).flatMap(([name, value]) => [
    `--${name}`,
    ...(name === 'replicaof' ? value.split(' ') : [value]),
  ])
  const run = (): Promise<Program> =>
    startProgram(
      programPath('redis-server') ?? 'redis-server',
      given,
      `The server is now ready to accept connections at ${path}`,
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
    port,
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

/** A cluster of so many primaries at ports of 127.0.0.1, between which the slots are shared. */
export const startRedisCluster = async (
  nodes: number,
): Promise<{ ports: readonly number[]; close: () => Promise<void> }> => {
  const servers: RedisServer[] = []
  for (let node = 0; node < nodes; node++) {
    const bus = String(await freePort())
    servers.push(
      await startRedis({ ...durable, port: 'free', 'cluster-enabled': 'yes', 'cluster-port': bus }),
    )
  }
  const cli = programPath('redis-cli') ?? 'redis-cli'
  const at = ({ path }: RedisServer, ...given: string[]): string =>
    execFileSync(cli, ['-s', path, ...given], { encoding: 'utf8' })
  for (const [node, server] of servers.entries()) {
    const [from, to] = [node, node + 1].map((part) => Math.floor((part * 16_384) / nodes))
    at(server, 'cluster', 'addslotsrange', String(from), String((to ?? 0) - 1))
    at(server, 'cluster', 'set-config-epoch', String(node + 1))
  }
  const [first, ...others] = servers
  for (const { path, port } of others) {
    const bus = execFileSync(cli, ['-s', path, 'config', 'get', 'cluster-port'], { encoding: 'utf8' }).split(
      '\n',
    )[1]
    if (first) at(first, 'cluster', 'meet', '127.0.0.1', String(port), bus ?? '')
  }
  const isWhole = (info: string): boolean =>
    info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes}\r`)
  while (!servers.every((server) => isWhole(at(server, 'cluster', 'info'))))
    await new Promise((resolve) => setImmediate(resolve))
  return {
    ports: servers.map(({ port }) => port),
    async close() {
      for (const server of servers) await server.close()
    },
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
