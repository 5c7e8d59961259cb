// A process of its own for sqlite.test.ts: `<path>`.
import { serveStore } from '@latchkey/testing/process'
import { clockedStore } from './clocked.ts'

const { driver } = await clockedStore(process.argv[2] ?? '')
serveStore(driver)
