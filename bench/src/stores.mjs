import { fork, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { memoryStore } from '@latchkey/core'
import { postgresStore } from '@latchkey/store-postgres'
import { build } from 'esbuild'
import pg from 'pg'
import { quartiles } from './measure.mjs'
import { renewing } from './renewing.mjs'

const script = fileURLToPath(new URL('./renewing-worker.mjs', import.meta.url))

/** The server of the tests, which is TypeScript. */
const servers = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const outfile = join(folder, 'postgres.mjs')
  const entry = fileURLToPath(new URL('../../tools/servers/postgres.ts', import.meta.url))
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile })
  const found = await import(pathToFileURL(outfile).href)
  rmSync(folder, { recursive: true })
  return found
}

const timed = async (times, run) => {
  const all = []
  for (let n = 0; n < times; n++) {
    const started = performance.now()
    await run(n)
    all.push(performance.now() - started)
  }
  return quartiles(all)
}

/** A page of what is due soon, of so many rows. */
const duePage = async (store, times) =>
  await timed(times, async () => {
    const { records } = await store.due({ before: 1_000, limit: 100 })
    if (records.length !== 100) throw new Error('not a full page')
  })

const fill = (table, rows) => `INSERT INTO ${table}
  (key, version, grant_id, connector, paused, waits, expires_at, record, settings, credentials, created_at, updated_at)
  SELECT 'k' || n, 1, 'g', 'bench', false, false, n * 0.9,
    '{"grant":"g","connector":"bench","scheme":"s"}', '{}', '{"accessToken":"a","refreshToken":"r"}', 0, 0 FROM generate_series(1, ${rows}) n`

// What one refresh writes: it takes the lease, and it stores the child.
const pgbenchScript = (rows) => `
\\set id random(1, ${rows})
UPDATE latchkey.connections SET lease_owner = 'p', lease_until = 1, prior_intent_at = intent_at, intent_at = 1
  WHERE key = 'w' || :id AND grant_id = 'g' RETURNING prior_intent_at;
UPDATE latchkey.connections SET (grant_id, connector, expires_at, record, settings, credentials) =
  ROW('g', 'bench', 9e15, '{"grant":"g","connector":"bench","scheme":"s"}', '{}', '{"accessToken":"a","refreshToken":"r"}'),
  version = version + 1, lease_owner = NULL, lease_until = NULL, intent_at = NULL
  WHERE key = 'w' || :id AND grant_id = 'g' RETURNING key;
`

const pgbench = (address, rows, clients, seconds) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pgbench-'))
  const file = join(folder, 'refresh.sql')
  writeFileSync(file, pgbenchScript(rows))
  const { host, port, user, database } = address
  const run = spawnSync(
    'pgbench',
    [
      '-n',
      '-M',
      'prepared',
      '-f',
      file,
      '-c',
      clients,
      '-j',
      2,
      '-T',
      seconds,
      '-h',
      host,
      '-p',
      port,
      '-U',
      user,
      database,
    ].map(String),
    { encoding: 'utf8' },
  )
  rmSync(folder, { recursive: true })
  const [, perSecond] = /tps = ([\d.]+)/.exec(run.stdout) ?? []
  if (perSecond === undefined) throw new Error(`pgbench: ${run.stderr}`)
  return Number(perSecond)
}

const refreshes = async (address, rows, processes, seconds) => {
  const share = Math.ceil(rows / processes)
  const crew = Array.from({ length: processes }, (_, n) =>
    fork(script, {
      env: {
        ...process.env,
        LATCHKEY_BENCH: JSON.stringify({ address, from: n * share + 1, count: share, seconds }),
      },
    }),
  )
  const message = (child) =>
    new Promise((resolve, reject) => {
      child.once('message', resolve)
      child.once('exit', (code) => code !== 0 && reject(new Error(`a process ended with ${code}`)))
    })
  await Promise.all(crew.map(message))
  const counts = crew.map(message)
  for (const child of crew) child.send('now')
  const done = await Promise.all(counts)
  return done.reduce((sum, count) => sum + count, 0) / seconds
}

/** What the stores cost: refreshes a second beside pgbench, the page of what is due, memory, and reads in steady state. */
export const stores = async ({ rows, processes, seconds, times, held }) => {
  const { startPostgres, postgresMissing } = await servers()
  const missing = postgresMissing()
  const results = { rows, steady: await steadyReads(), memory: await memoryOf(held) }
  if (missing !== undefined) return { ...results, missing }
  const server = await startPostgres({ fsync: 'on', max_connections: '60' })
  const pool = new pg.Pool(server.address)
  try {
    const store = postgresStore({ pool })
    await store.migrate()
    await pool.query(fill('latchkey.connections', rows))
    await pool.query('ANALYZE latchkey.connections')
    const due = await duePage(store, times)
    await pool.query('TRUNCATE latchkey.connections')
    const active = 2_000
    await pool.query(fill('latchkey.connections', active).replaceAll("'k' || n", "'w' || n"))
    const ours = await refreshes(server.address, active, processes, seconds)
    const theirs = pgbench(server.address, active, processes, seconds)
    return { ...results, due, refreshes: { processes, seconds, ours, pgbench: theirs, share: ours / theirs } }
  } finally {
    await pool.end()
    await server.close()
  }
}

/** Reads of the store in a thousand requests with live credentials. */
const steadyReads = async () => {
  let reads = 0
  const store = memoryStore()
  const counting = { ...store, read: (key) => (reads++, store.read(key)) }
  const all = renewing(counting)
  const connection = await all.create('bench', { key: 'w1', settings: {}, credentials: renewing.live() })
  await connection.credentials()
  const before = reads
  for (let n = 0; n < 1000; n++) await connection.fetch('/x')
  return reads - before
}

/** Bytes of resident memory for each connection that a process holds, with its credentials. */
const memoryOf = async (count) => {
  const all = renewing(memoryStore())
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < count; n++) {
    const connection = await all.create('bench', { key: `m${n}`, settings: {}, credentials: renewing.live() })
    await connection.credentials()
  }
  globalThis.gc?.()
  return { connections: count, bytesEach: Math.round((process.memoryUsage().heapUsed - before) / count) }
}
