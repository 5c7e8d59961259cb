// A process of its own for processes.test.ts: `write <path> <name>` or `race <path>`.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileStore } from '../../src/store/file.ts'

const [job, path = '', name = ''] = process.argv.slice(2)
const store = fileStore(path)
// Before anything else happens, so that what is said has happened even if this process is killed next.
const say = (line: string) => writeSync(1, `${line}\n`)

/** Commits to a record of its own and to one that all share, for ever. */
const write = async () => {
  for (;;) {
    for (const key of [name, 'shared']) {
      const record = await store.read(key)
      if (!record) throw new Error(`${key} is gone`)
      const { grant, version, connector, scheme, settings } = record
      const credentials = { token: `${key} ${version + 1} ${name}` }
      const change = {
        parent: { grant, version },
        record: { grant, connector, scheme, settings, credentials },
      }
      if (await store.commit(key, change)) say(`${key} ${version + 1}`)
    }
  }
}

/** Takes the lease of each record that it is told, and says whether it did. */
const race = async () => {
  say('ready')
  for await (const key of createInterface({ input: process.stdin })) {
    const claim = { grant: 'g', version: 1, owner: String(process.pid), leaseMs: 60_000, quiesceMs: 0 }
    say((await store.acquire(key, claim)) ? 'won' : 'lost')
  }
}

void (job === 'write' ? write() : race())
