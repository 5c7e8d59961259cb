import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect, type Connector } from '@latchkey/core'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import aws from '../aws.ts'
import digest from '../digest.ts'
import hmac from '../hmac.ts'
import jwt from '../jwt.ts'
import oauth1 from '../oauth1.ts'
import relay from '../relay.ts'
import session from '../session.ts'
import { cases } from './cases.mjs'
import { drive } from './drive.mjs'
import { demoRelay } from './relay.ts'
import { schemeCases, schemeSecrets } from './scheme-cases.mjs'
import { startSchemes } from './schemes.mjs'

type Running = Awaited<ReturnType<typeof startSchemes>>

let api: Running
beforeAll(async () => {
  api = await startSchemes(demoRelay)
})
afterAll(() => api.close())

const { username, password, account, secret, keyId, accessKeyId, secretAccessKey } = schemeSecrets
const { consumerKey, consumerSecret, token, tokenSecret } = schemeSecrets
const tokens = { consumerKey, consumerSecret, token, tokenSecret }
const wrong = 'wrong-secret-0-of-more-than-32-bytes'

const all: [string, Connector, () => Record<string, string>, string, number][] = [
  ['session', session, () => ({ username, password }), 'password', 0],
  ['jwt', jwt, () => ({ account, secret }), 'secret', 1],
  ['digest', digest, () => ({ username, password }), 'password', 2],
  ['oauth1', oauth1, () => tokens, 'tokenSecret', 1],
  ['aws', aws, () => ({ accessKeyId, secretAccessKey }), 'secretAccessKey', 1],
  ['hmac', hmac, () => ({ keyId, secret }), 'secret', 1],
  ['relay', relay, () => ({ ticket: api.ticket as string }), 'ticket', 1],
]

/** Sends to the demo API what is meant for an https address. */
const send: typeof fetch = (input, init) =>
  fetch(`${api.url}/${(input as string).replace('https://', '')}`, init)

test.each(all)(
  '%s: what the example signs is accepted, with its own account, and a wrong secret is refused',
  async (name, connector, settings, field, refusals) => {
    const counts = api.counts[name] as { accepted: number; refused: number }
    const before = { ...counts }
    const right = connect(connector, { settings: settings() as never, fetch: send })
    expect(await right.test()).toEqual({ id: 'u-1', label: 'Ada Lovelace' })
    const init = { method: name === 'relay' ? 'GET' : 'POST', ...(name !== 'relay' && { body: '{"é":1}' }) }
    const response = await right.fetch(`${String(connector.baseUrl)}/items?b=2&a=1%20%2B%27`, init)
    expect([response.status, await response.json()]).toEqual([200, [{ id: 1, title: 'Analytical engine' }]])
    expect(counts.accepted - before.accepted).toBe(2)
    const refused = counts.refused
    const other = connect(connector, { settings: { ...settings(), [field]: wrong } as never, fetch: send })
    if (refusals === 0) await expect(other.test()).rejects.toMatchObject({ code: 'credentials_rejected' })
    else expect((await other.fetch(`${String(connector.baseUrl)}/items`)).status).toBe(401)
    expect(counts.refused - refused).toBe(Math.max(1, refusals))
    expect(counts.accepted - before.accepted).toBe(2)
  },
)

test('what was signed once is refused the second time where a scheme says so', async () => {
  const connection = connect(oauth1, { settings: tokens, fetch: send })
  const { headers, url } = await connection.apply(new Request('https://api.example.com/oauth1/items'))
  expect((await send(url, { headers })).status).toBe(200)
  expect((await send(url, { headers })).status).toBe(401)
})

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const command = [
  process.execPath,
  '--conditions=@latchkey/source',
  '--import',
  join(root, 'packages/cli/test/process/register.mjs'),
  join(root, 'packages/cli/src/bin.ts'),
]

// All of them run in `npm run demo`; these stand for a signature and a ticket.
test('the command connects with what signs, and shows no secret and no ticket', async () => {
  const lines: string[] = []
  const problems = await drive({
    command,
    cwd: root,
    cases: cases.filter(({ name }) => name === 'header'),
    schemes: { cases: schemeCases.filter(({ name }) => ['aws', 'relay'].includes(name)), relay: demoRelay },
    say: (line: string) => lines.push(line),
  })
  expect(problems).toEqual([])
  const text = lines.join('\n')
  expect(text).toMatch(/^AWS Signature Version 4 +accepted +accepted +accepted +refused$/m)
  expect(text).toMatch(/^Relay: a ticket, the secret elsewhere +accepted +accepted +accepted +refused$/m)
  expect(text).not.toContain(schemeSecrets.secretAccessKey)
  expect(text).not.toContain('eyJ')
}, 120_000)
