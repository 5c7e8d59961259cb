// A process of its own for refresh.test.ts: `<folder> <origin>`; for each line on stdin, one request with a shared token.
import { createInterface } from 'node:readline'
import { connect, defineStrategy } from '@latchkey/core'
import { openStore } from '../../src/store/open.ts'

interface Token {
  readonly token: string
  readonly expiresAt: number
}

const [folder = '', origin = ''] = process.argv.slice(2)

const strategy = defineStrategy<Token>()({
  scheme: 'single-use',
  fields: {},
  async refresh(c) {
    return await c.http.post(`${origin}/refresh`, { body: c.credentials.token }).json<Token>()
  },
  apply: (request, c) => request.headers.set('authorization', c.credentials.token),
})

const store = await openStore({ folder, key: 'k'.repeat(43) })
const connection = connect(strategy, {
  settings: {},
  origins: [origin],
  store,
  credentials: { token: 'first', expiresAt: 1 },
})
process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const answers = await Promise.all(
    Array.from({ length: Number(line) }, () => connection.fetch(`${origin}/me`).then((r) => r.text())),
  )
  process.stdout.write(`${[...new Set(answers)].join()}\n`)
}
