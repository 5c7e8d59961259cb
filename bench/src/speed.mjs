import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { stub } from './api.mjs'
import { clientsOver } from './clients.mjs'
import { race } from './measure.mjs'

const methods = ['GET', 'POST']

const raceAll = async (clients, size) => {
  const results = {}
  for (const method of methods) {
    const tasks = Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, client[method]]))
    results[method] = await race(tasks, size)
  }
  return results
}

/** Over the runtime's own fetch, against a server in another process. */
export const loopback = async (size) => {
  const server = fork(fileURLToPath(new URL('server.mjs', import.meta.url)))
  try {
    const [port] = await once(server, 'message')
    return await raceAll(clientsOver(fetch, `http://127.0.0.1:${port}`), size)
  } finally {
    server.disconnect()
  }
}

/** Over a fetch that answers from memory. */
export const memory = (size) => raceAll(clientsOver(stub, 'https://api.example.com'), size)
