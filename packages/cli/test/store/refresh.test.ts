import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from '@jest/globals'
import { bundled } from '../../../../tools/bundle.ts'
import { inFolder } from './world.ts'

/** Tokens that may be used once: a second use of one is counted as a replay. */
async function provider() {
  const refreshed: string[] = []
  const seen = new Set<string>()
  const server = createServer((request, response) => {
    if (request.url === '/me') {
      seen.add(request.headers.authorization ?? '')
      return void response.end(request.headers.authorization?.replace('Bearer ', ''))
    }
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const used = new URLSearchParams(body).get('refresh_token') ?? body
      refreshed.push(used)
      response.setHeader('content-type', 'application/json')
      const own = { token: `after-${used}`, expiresAt: Date.now() + 3_600_000 }
      const standard = { access_token: `after-${used}`, refresh_token: 'second', expires_in: 3600 }
      response.end(JSON.stringify(used === body ? own : standard))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, refreshed, seen, server }
}

test.each([['a scheme of one’s own'], ['oauth2']])(
  'two processes on one store make one refresh between them, with hundreds of callers each: %s',
  (scheme) =>
    inFolder(async (folder) => {
      const script = await bundled(new URL('refresher.ts', import.meta.url))
      const { origin, refreshed, seen, server } = await provider()
      const children = [0, 1].map(() =>
        spawn(process.execPath, [script, join(folder, 'data'), origin, scheme], {
          stdio: ['pipe', 'pipe', 'inherit'],
        }),
      )
      const lines = children.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]())
      const next = () => Promise.all(lines.map(async (line) => String((await line.next()).value)))
      expect(await next()).toEqual(['ready', 'ready'])
      for (const child of children) child.stdin.write('300\n')
      expect(await next()).toEqual(['after-first', 'after-first'])
      expect(refreshed).toEqual(['first'])
      expect([...seen]).toEqual([scheme === 'oauth2' ? 'Bearer after-first' : 'after-first'])
      for (const child of children) {
        const gone = once(child, 'exit')
        child.stdin.end()
        expect(await gone).toEqual([0, null])
      }
      server.close()
    }),
  60_000,
)
