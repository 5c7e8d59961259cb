// A process of its own for refresh.test.ts: `<folder> <origin> <scheme>`; for each line on stdin, that many requests at once
// with one token that has ended.
import { createInterface } from 'node:readline'
import { connect, defineStrategy } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'
import { openStore } from '../../src/store/open.ts'

interface Token {
  readonly token: string
  readonly expiresAt: number
}

const [folder = '', origin = '', scheme] = process.argv.slice(2)

const singleUse = defineStrategy<Token>()({
  scheme: 'single-use',
  fields: {},
  async refresh(c) {
    return await c.http.post(`${origin}/refresh`, { body: c.credentials.token }).json<Token>()
  },
  apply: (request, c) => request.headers.set('authorization', c.credentials.token),
})

const store = await openStore({ folder, key: 'k'.repeat(43) })
const common = { origins: [origin], store }
const connection =
  scheme === 'oauth2'
    ? connect(oauth2({ tokenUrl: `${origin}/refresh` }), {
        ...common,
        settings: { clientId: 'c-1', clientSecret: 'c4n4ry-client-secret' },
        credentials: { accessToken: 'ended', refreshToken: 'first', expiresAt: 1 },
      })
    : connect(singleUse, { ...common, settings: {}, credentials: { token: 'first', expiresAt: 1 } })
process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const answers = await Promise.all(
    Array.from({ length: Number(line) }, () => connection.fetch(`${origin}/me`).then((r) => r.text())),
  )
  process.stdout.write(`${[...new Set(answers)].join()}\n`)
}
