import { audit } from './audit.mjs'
import { churn } from './churn.mjs'
import { connectionsOf, processingMs, timeoutMs } from './connector.mjs'
import { startCrew } from './processes.mjs'
import { startProvider } from './provider.mjs'
import { openStore } from './stores.mjs'

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
/** A lease and the wait after it: so long nobody asks for what a dead process had asked for. */
const settleMs = timeoutMs + Math.max(10_000, processingMs) + 4000

/** Does something again and again, each time after a wait that varies by half, until it is told to stop. */
const repeat = (everyMs, act) => {
  let timer
  const next = () => {
    timer = setTimeout(
      async () => {
        await act()
        if (timer !== undefined) next()
      },
      everyMs * (0.5 + Math.random()),
    )
  }
  next()
  return () => {
    clearTimeout(timer)
    timer = undefined
  }
}

/**
 * One scenario on one store: connects, lets the processes work while faults are injected, lets what is open come to an
 * end, stops, and compares provider and store.
 */
export const run = async ({ scenario, place, connections: count, processes, seconds }) => {
  const { graceMs, skews, callers, pauseMs } = scenario
  const provider = await startProvider({ graceMs, faults: scenario.provider, slow: scenario.slow ?? true })
  const store = await openStore(place.description)
  const run = `${scenario.name}-${Date.now().toString(36)}`
  const keys = Array.from({ length: count }, (_, n) => `${run}-${String(n).padStart(4, '0')}`)
  const all = connectionsOf({ origin: provider.origin, graceMs, client: 'p0', store })
  for (const key of keys) {
    const { access_token, refresh_token, expires_in } = provider.begin(key)
    const credentials = {
      accessToken: access_token,
      tokenType: 'Bearer',
      refreshToken: refresh_token,
      expiresAt: Date.now() + expires_in * 1000,
    }
    await all.create('simulated', { key, settings: {}, credentials })
  }
  const crew = startCrew(
    processes,
    { store: place.description, origin: provider.origin, graceMs, keys, callers, pauseMs },
    skews,
  )
  const outages = { count: 0 }
  const stops = [
    scenario.killMs && repeat(scenario.killMs, () => crew.kill()),
    scenario.drainMs && repeat(scenario.drainMs, () => crew.drain()),
    scenario.stallMs && repeat(scenario.stallMs, () => crew.stall(1000 + Math.random() * 7000)),
    scenario.outageMs &&
      repeat(scenario.outageMs, async () => {
        outages.count++
        await place.outage()
      }),
  ].filter(Boolean)
  const besides = scenario.churn ? churn({ all, keys, provider, store }) : undefined
  await wait(seconds * 1000)
  stops.forEach((stop) => stop())
  const found = await besides?.()
  provider.calm()
  await place.back?.()
  // What the dead have left open is taken over, or given up, before anything is counted.
  if (scenario.killMs || scenario.stallMs || scenario.outageMs || scenario.provider) await wait(settleMs)
  await crew.end()
  const held = []
  for (const key of keys) {
    const record = await store.read(key)
    held.push({ key, token: record?.credentials?.refreshToken })
  }
  await all.close()
  await store.close?.()
  await provider.stop()
  const { lost, unexplained } = audit({ held, ...provider, kills: crew.kills, stalls: crew.stalls })
  const { counts, log } = provider
  return {
    scenario: scenario.name,
    store: place.description.kind,
    provider: graceMs === undefined ? 'strict' : `${graceMs / 1000} s grace`,
    connections: count,
    processes,
    seconds,
    faults: {
      kills: crew.kills.length,
      stalls: crew.stalls.length,
      outages: outages.count,
      dropped: log.filter(({ dropped }) => dropped).length,
      unavailable: log.filter(({ status }) => status === 503).length,
      processes: crew.totals.started,
    },
    rotations: counts.rotations,
    tokenRequests: counts.requests,
    concurrent: counts.concurrent,
    refused: counts.refused,
    apiRequests: counts.api,
    expiredSent: counts.expired,
    errors: crew.totals.errors,
    memory: growth(crew.totals.rss),
    lost: lost.length,
    reasons: tally(lost.map(({ because, detail }) => because ?? `UNEXPLAINED: ${detail}`)),
    unexplained: unexplained.length,
    found,
  }
}

const tally = (names) => {
  const counts = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** The median memory of a process in the first and in the last third of the run, in MiB. */
const growth = (reports) => {
  if (reports.length < 9) return undefined
  const from = reports[0].at
  const third = (reports.at(-1).at - from) / 3
  const median = (part) => {
    const sizes = part.map(({ bytes }) => bytes).sort((a, b) => a - b)
    return Math.round((sizes[Math.floor(sizes.length / 2)] ?? 0) / 2 ** 20)
  }
  return {
    first: median(reports.filter(({ at }) => at < from + third)),
    last: median(reports.filter(({ at }) => at > from + 2 * third)),
  }
}
