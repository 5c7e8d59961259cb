import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { connectionsOf } from './connector.mjs'
import { startProvider } from './provider.mjs'
import { openStore } from './stores.mjs'

const script = fileURLToPath(new URL('./stampede-worker.mjs', import.meta.url))
const message = (child) => new Promise((resolve) => child.once('message', resolve))

/** Every caller of every process wants the same credentials in the moment in which they have ended. */
export const stampede = async ({ place, processes, callers }) => {
  const provider = await startProvider({ slow: false, lifeMs: 3_600_000 })
  const store = await openStore(place.description)
  const all = connectionsOf({ origin: provider.origin, client: 'p0', store })
  const key = `stampede-${Date.now().toString(36)}`
  const { access_token, refresh_token } = provider.begin(key)
  const credentials = {
    accessToken: access_token,
    tokenType: 'Bearer',
    refreshToken: refresh_token,
    expiresAt: Date.now() - 1000,
  }
  await all.create('simulated', { key, settings: {}, credentials })
  const given = { store: place.description, origin: provider.origin, key, callers }
  const crew = Array.from({ length: processes }, () =>
    fork(script, { env: { ...process.env, LATCHKEY_FAULTS: JSON.stringify(given) } }),
  )
  await Promise.all(crew.map(message))
  const answers = crew.map(message)
  for (const child of crew) child.send('now')
  const waits = (await Promise.all(answers)).flatMap((answer) => answer.waits).sort((a, b) => a - b)
  await Promise.all(
    crew.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))),
  )
  await all.close()
  await store.close?.()
  await provider.stop()
  const [{ arrivedAt, answeredAt }] = provider.log
  const providerMs = answeredAt - arrivedAt
  const p99 = waits[Math.floor(waits.length * 0.99)]
  return {
    scenario: 'stampede',
    store: place.description.kind,
    processes,
    callers,
    tokenRequests: provider.counts.requests,
    providerMs,
    medianMs: Math.round(waits[Math.floor(waits.length / 2)]),
    p99Ms: Math.round(p99),
    overProviderMs: Math.round(p99 - providerMs),
    held: provider.counts.requests === 1,
  }
}
