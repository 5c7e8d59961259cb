// One process with many callers who all want the same credentials at the same moment.
import { connectionsOf } from './connector.mjs'
import { openStore } from './stores.mjs'

const { store: description, origin, key, callers } = JSON.parse(process.env.LATCHKEY_FAULTS ?? '{}')
const store = await openStore(description)
const all = connectionsOf({ origin, store, client: `p${process.pid}` })
const connection = await all.get(key)
process.send({ ready: true })
process.once('message', async () => {
  const waits = await Promise.all(
    Array.from({ length: callers }, async () => {
      const from = performance.now()
      await connection.credentials()
      return performance.now() - from
    }),
  )
  process.send({ waits }, async () => {
    await all.close()
    await store.close?.()
    process.disconnect()
  })
})
