// One process of a run: many callers, each asking again and again for a request to be signed.
import { connectionsOf } from './connector.mjs'
import { openStore } from './stores.mjs'

const given = JSON.parse(process.env.LATCHKEY_FAULTS ?? '{}')
const { store: description, origin, graceMs, keys, callers = 12, pauseMs = 40, skewMs = 0 } = given
const store = await openStore(description)
const all = connectionsOf({
  origin,
  graceMs,
  store,
  client: `p${process.pid}`,
  ...(skewMs !== 0 && { now: () => Date.now() + skewMs }),
})
const counts = { requests: 0, accepted: 0, errors: {} }
let stopping = false

const pause = () => new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())))

const call = async () => {
  while (!stopping) {
    const key = keys[Math.floor(Math.random() * keys.length)]
    try {
      const connection = await all.get(key)
      const response = await connection.fetch('/api')
      await response.body?.cancel()
      counts.requests++
      if (response.ok) counts.accepted++
    } catch (error) {
      if (stopping) break
      const code = error.code ?? error.name
      counts.errors[code] = (counts.errors[code] ?? 0) + 1
    }
    await pause()
  }
}

const calling = Promise.all(Array.from({ length: callers }, call))
const report = () => process.send?.({ pid: process.pid, ...counts, rss: process.memoryUsage.rss() })
const reporting = setInterval(report, 500)

process.on('SIGTERM', async () => {
  // Asked twice, it is no sooner done.
  if (stopping) return
  stopping = true
  clearInterval(reporting)
  // What is under way is finished and written; nothing new is begun.
  await all.close().catch(() => undefined)
  await calling
  await store.close?.()
  report()
  process.disconnect?.()
  process.exit(0)
})
process.send?.({ pid: process.pid, ready: true })
