import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { connectionsOf, processingMs, timeoutMs } from './connector.mjs'
import { startProvider } from './provider.mjs'
import { openStore } from './stores.mjs'

/** Each point at which a process dies, and whether a strict provider's child can be lost there. */
export const points = {
  'before anything': false,
  'before the record is read': false,
  'after the record is read': false,
  'before the lease is asked for': false,
  'after the lease is had': false,
  'before the request': false,
  'after the request is sent': true,
  'when the answer begins': true,
  'after the answer is read': true,
  'before the write': true,
  'while it is written': true,
  'after the write': false,
  'before it is used': false,
}

const script = fileURLToPath(new URL('./crash-worker.mjs', import.meta.url))

const dieAt = (given) =>
  new Promise((resolve) => {
    const child = fork(script, { env: { ...process.env, LATCHKEY_FAULTS: JSON.stringify(given) } })
    child.once('exit', (code, signal) => resolve(signal ?? code))
  })

/** So many processes die at each point; then one process comes and renews what they left. */
export const crashPoints = async ({ place, graceMs, runs, atOnce = 4 }) => {
  const provider = await startProvider({ graceMs, slow: false })
  const store = await openStore(place.description)
  const all = connectionsOf({ origin: provider.origin, graceMs, client: 'p0', store })
  const run = `crash-${Date.now().toString(36)}`
  const jobs = []
  for (const [index, point] of Object.keys(points).entries()) {
    for (let n = 0; n < runs; n++) {
      const key = `${run}-${index}-${n}`
      const { access_token, refresh_token } = provider.begin(key)
      const credentials = {
        accessToken: access_token,
        tokenType: 'Bearer',
        refreshToken: refresh_token,
        expiresAt: Date.now() - 1000,
      }
      await all.create('simulated', { key, settings: {}, credentials })
      jobs.push({ key, point, store: place.description, origin: provider.origin, graceMs })
    }
  }
  const ends = {}
  const queue = [...jobs]
  // Each is looked after once its lease and the wait after it are over, and inside the grace.
  const recoverMs = timeoutMs + Math.max(10_000, processingMs) + 1000
  const recovering = []
  const recover = async (job) => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, job.diedAt + recoverMs - Date.now())))
    await (await all.get(job.key)).credentials().catch(() => undefined)
  }
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        const end = await dieAt(job)
        ends[job.point] = { ...ends[job.point], [end]: (ends[job.point]?.[end] ?? 0) + 1 }
        job.diedAt = Date.now()
        recovering.push(recover(job))
      }
    }),
  )
  await Promise.all(recovering)
  const lost = {}
  for (const { key, point } of jobs) {
    const token = (await store.read(key))?.credentials?.refreshToken ?? ''
    const family = provider.families.get(token.slice(0, token.lastIndexOf('.')))
    const isLost = family === undefined || family.revoked || !token.endsWith(`.${family.live}`)
    lost[point] = (lost[point] ?? 0) + (isLost ? 1 : 0)
  }
  await all.close()
  await store.close?.()
  await provider.stop()
  const died = Object.values(ends).every((end) => Object.keys(end).every((how) => how === 'SIGKILL'))
  return {
    scenario: 'crash points',
    store: place.description.kind,
    provider: graceMs === undefined ? 'strict' : `${graceMs / 1000} s grace`,
    runs,
    lost,
    concurrent: provider.counts.concurrent,
    held:
      died &&
      provider.counts.concurrent === 0 &&
      Object.entries(lost).every(([point, count]) => count === 0 || (graceMs === undefined && points[point])),
    ends,
  }
}
