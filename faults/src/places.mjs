import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Imports a TypeScript file of tools/, which Node 20 cannot run by itself. */
const importTool = async (name) => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-tool-'))
  const outfile = join(folder, 'tool.mjs')
  await build({
    entryPoints: [new URL(`../../tools/servers/${name}.ts`, import.meta.url).pathname],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
  })
  const tool = await import(pathToFileURL(outfile).href)
  await rm(folder, { recursive: true, force: true })
  return tool
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A store's server, started for a run; `outage` takes it away for a moment. */
export const places = {
  async sqlite() {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-faults-'))
    const path = join(folder, 'connections.db')
    const { default: Database } = await import('libsql')
    return {
      description: { kind: 'sqlite', url: path },
      // A file has no server that could stop: another program holds it for itself.
      async outage() {
        const database = new Database(path)
        database.pragma('busy_timeout = 5000')
        database.exec('BEGIN EXCLUSIVE')
        await wait(500 + Math.random() * 1500)
        database.exec('COMMIT')
        database.close()
      },
      stop: () => rm(folder, { recursive: true, force: true }),
    }
  },
  async postgres() {
    const { startPostgres } = await importTool('postgres')
    const server = await startPostgres()
    return {
      description: { kind: 'postgres', url: server.address },
      ...outages(() => server.stop('immediate'), server.start),
      pid: server.pid,
      stop: server.close,
    }
  },
  async redis() {
    const { startRedis } = await importTool('redis')
    const server = await startRedis()
    return {
      description: { kind: 'redis', url: server.path },
      ...outages(() => server.stop('SIGKILL'), server.start),
      stop: server.close,
    }
  },
}

/** A server that crashes and comes back after half a second to a second and a half; `back` waits until it has. */
const outages = (crash, start) => {
  let away = Promise.resolve()
  return {
    outage: () =>
      (away = (async () => {
        await crash()
        await wait(500 + Math.random() * 1000)
        await start()
      })()),
    back: () => away,
  }
}
