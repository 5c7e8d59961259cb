// One process that renews its connections one after the other, several at once, and counts.
import { postgresStore } from '@latchkey/store-postgres'
import pg from 'pg'
import { renewing } from './renewing.mjs'

const { address, from, count, seconds } = JSON.parse(process.env.LATCHKEY_BENCH ?? '{}')
const atOnce = 4
const pool = new pg.Pool({ ...address, max: atOnce })
const all = renewing(postgresStore({ pool }))
const connections = []
for (let n = from; n < from + count; n++) connections.push(await all.get(`w${n}`))
process.send('ready')
process.once('message', async () => {
  const until = Date.now() + seconds * 1000
  let done = 0
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (Date.now() < until) {
        await connections[next++ % connections.length].refresh()
        done++
      }
    }),
  )
  process.send(done, async () => {
    await all.close()
    await pool.end()
    process.disconnect()
  })
})
