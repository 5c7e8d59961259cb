// A process of its own for redis.server.test.ts: `<socket> <prefix>`.
import { serveStore } from '@latchkey/testing/process'
import { createClient } from 'redis'
import { storeOn } from '../src/redis.ts'
import { testClock } from './bench.ts'

const [path = '', prefix = ''] = process.argv.slice(2)
const client = await createClient({ socket: { path, tls: false } }).connect()
serveStore(storeOn({ client, prefix }, testClock))
