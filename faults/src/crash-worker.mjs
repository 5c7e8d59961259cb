// One process that renews one connection and dies at one point of it.
import { connectionsOf } from './connector.mjs'
import { openStore } from './stores.mjs'

const { store: description, origin, graceMs, key, point } = JSON.parse(process.env.LATCHKEY_FAULTS ?? '{}')
const die = () => process.kill(process.pid, 'SIGKILL')
const dieAt = (name) => {
  if (point === name) die()
}
const store = await openStore(description)

const dying = {
  ...store,
  async read(name) {
    dieAt('before the record is read')
    const record = await store.read(name)
    dieAt('after the record is read')
    return record
  },
  async acquire(name, claim) {
    dieAt('before the lease is asked for')
    const taken = await store.acquire(name, claim)
    dieAt('after the lease is had')
    return taken
  },
  async commit(name, change) {
    dieAt('before the write')
    const writing = store.commit(name, change)
    // Long enough to send it, too short to hear of it.
    if (point === 'while it is written') setTimeout(die, 1)
    const written = await writing
    dieAt('after the write')
    return written
  },
}
const dyingFetch = async (input, init) => {
  if (!String(input instanceof Request ? input.url : input).endsWith('/token')) {
    dieAt('before it is used')
    return fetch(input, init)
  }
  dieAt('before the request')
  if (point === 'after the request is sent') setTimeout(die, 3)
  const response = await fetch(input, init)
  dieAt('when the answer begins')
  if (point === 'after the answer is read') {
    await response.text()
    die()
  }
  return response
}

const all = connectionsOf({ origin, graceMs, store: dying, client: `p${process.pid}`, fetch: dyingFetch })
const connection = await all.get(key)
dieAt('before anything')
const response = await connection.fetch('/api')
process.exitCode = response.ok ? 0 : 1
await all.close()
await store.close?.()
