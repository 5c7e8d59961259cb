import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuthError } from '../../src/errors.ts'
import { guardedFetch, type Guard } from '../../src/world/guard.ts'

const servers: Server[] = []

/** Ends the servers of a test. */
export async function stopServers(): Promise<void> {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

export async function serve(listener: (...given: Parameters<RequestListener>) => unknown): Promise<string> {
  const server = createServer(
    (request: IncomingMessage, response: ServerResponse) => void listener(request, response),
  )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

export const guard = (parts: Partial<Guard> = {}): typeof fetch =>
  guardedFetch({
    fetch: (input, init) => globalThis.fetch(input, init),
    injected: false,
    timeoutMs: 5000,
    maxBytes: 1_048_576,
    trusted: new Set(),
    ...parts,
  })

export const loopback = guard({ allow: 'loopback' })

export async function failureOf(promise: Promise<unknown>): Promise<AuthError> {
  try {
    await promise
  } catch (error) {
    return error as AuthError
  }
  throw new Error('it did not fail')
}
