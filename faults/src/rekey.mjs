import { encrypted, generateKey, reseal } from '@latchkey/core'
import { connectionsOf } from './connector.mjs'
import { startCrew } from './processes.mjs'
import { startProvider } from './provider.mjs'
import { openStore } from './stores.mjs'

/** Every record is sealed with a new key while processes renew; then the old key is taken away and everything is read. */
export const rekey = async ({ place, processes, connections: active, rows }) => {
  const keys = { one: generateKey(), two: generateKey() }
  const before = { current: 'one', keys }
  const both = { current: 'two', keys }
  const provider = await startProvider({ slow: false })
  const raw = await openStore(place.description)
  const all = connectionsOf({ origin: provider.origin, client: 'p0', store: encrypted(raw, before) })
  const run = `rekey-${Date.now().toString(36)}`
  const name = (n) => `${run}-${String(n).padStart(6, '0')}`
  for (let n = 0; n < rows; n++) {
    const { access_token, refresh_token } = provider.begin(name(n))
    const credentials = {
      accessToken: access_token,
      tokenType: 'Bearer',
      refreshToken: refresh_token,
      expiresAt: Date.now() + (n < active ? 6000 : 3_600_000),
    }
    await all.create('simulated', { key: name(n), settings: {}, credentials })
  }
  const crew = startCrew(processes, {
    store: { ...place.description, keyring: both },
    origin: provider.origin,
    keys: Array.from({ length: active }, (_, n) => name(n)),
  })
  const started = Date.now()
  while (provider.counts.requests < active / 4) await new Promise((resolve) => setTimeout(resolve, 50))
  const requestsBefore = provider.counts.requests
  const { seen, resealed } = await reseal(raw, both)
  const requestsMeanwhile = provider.counts.requests - requestsBefore
  await crew.end()
  const alone = encrypted(raw, { current: 'two', keys: { two: keys.two } })
  let unread = 0
  let lost = 0
  for (let n = 0; n < rows; n++) {
    const record = await alone.read(name(n)).catch(() => undefined)
    if (record === undefined) unread++
    const token = record?.credentials?.refreshToken ?? ''
    const family = provider.families.get(token.slice(0, token.lastIndexOf('.')))
    if (family === undefined || family.revoked || !token.endsWith(`.${family.live}`)) lost++
  }
  await all.close()
  await raw.close?.()
  await provider.stop()
  const { errors } = crew.totals
  return {
    scenario: 'new key',
    store: place.description.kind,
    rows,
    resealed,
    seen,
    seconds: (Date.now() - started) / 1000,
    tokenRequests: requestsMeanwhile,
    errors,
    unread,
    lost,
    held: unread === 0 && lost === 0 && (errors.store_unavailable ?? 0) === 0 && requestsMeanwhile > 0,
  }
}
