import { expect, test } from '@jest/globals'
import { connect, defineStrategy } from '@latchkey/core'
import { proxy, ticketFor } from '@latchkey/proxy'
import { testStrategy, type StrategyRunner } from '@latchkey/testing'
import { api, audience, key, keyed } from './support.ts'

const home = 'https://api.latchkey.test'
const origins = [home, 'https://files.latchkey.test']
const secret = 'other-connections-canary'

const behind = connect(keyed, { settings: { secret }, origins })
testStrategy(
  proxy({
    through: () => behind,
    test: async ({ http }) => {
      await http('me')
    },
  }),
  {
    name: 'through a key',
    settings: {},
    accepts: ({ headers }) => headers.get('x-api-key') === secret,
    secrets: () => [secret],
  },
  { test, expect },
)

/** Signs bodies, and knows only after a first answer with what. */
const asking = connect(
  defineStrategy({
    scheme: 'asking',
    fields: { secret: { type: 'password', label: 'Secret', required: true } },
    async apply(request, { memory, settings }) {
      const bytes = await request.bytes()
      const nonce = memory.get('nonce') as string | undefined
      if (nonce !== undefined)
        request.headers.set('authorization', `${nonce} ${bytes.length} ${settings.secret}`)
    },
    inspect(response, { memory }) {
      const nonce = response.headers.get('x-nonce')
      if (nonce === null || memory.get('nonce') === nonce) return undefined
      memory.set('nonce', nonce)
      return 'retry'
    },
  }),
  { settings: { secret }, origins },
)
testStrategy(
  proxy({
    through: () => asking,
    test: async ({ http }) => {
      await http('me')
    },
  }),
  {
    name: 'through a scheme that asks',
    settings: {},
    accepts: ({ headers, body }) => headers.get('authorization') === `n1 ${body.length} ${secret}`,
    refuse: () => new Response('refused', { status: 401, headers: { 'x-nonce': 'n1' } }),
  },
  { test, expect },
)

const relayOrigin = 'https://relay.latchkey.test'

/** What the relay does to an address, so that the laws see where a request goes in the end. */
const overRelay: StrategyRunner = {
  test,
  expect,
  connect: (target, options) =>
    connect(target, {
      ...options,
      origins: [...(options.origins ?? []), relayOrigin],
      fetch: (input, init) => {
        const headers = new Headers(init?.headers)
        const address = headers.get('latchkey-target')
        headers.delete('latchkey-target')
        const mayGo = address !== null && new URL(input as string).origin === relayOrigin
        return options.fetch!(mayGo ? address : input, { ...init, headers })
      },
    }),
}

const refuse = (): Response =>
  new Response('refused', { status: 401, headers: { 'latchkey-relay': 'ticket_invalid' } })

testStrategy(
  proxy({ relay: `${relayOrigin}/latchkey` }),
  {
    name: 'a ticket that was typed',
    settings: { ticket: 'typed-ticket-canary' },
    accepts: ({ headers }, side) => headers.get('authorization') === `Bearer ${side.settings.ticket}`,
    refuse,
  },
  overRelay,
)

testStrategy(
  proxy({
    relay: `${relayOrigin}/latchkey`,
    fields: { job: { type: 'password', label: 'Key of the job', required: true } },
    ticket: async ({ fetch, settings }) => {
      const body = new URLSearchParams({ job: settings.job })
      const response = await fetch('https://tickets.latchkey.test/', { method: 'POST', body })
      if (!response.ok) throw Object.assign(new Error('no ticket'), { response })
      return response.text()
    },
  }),
  {
    name: 'tickets that are asked for',
    settings: { job: 'job-key-canary' },
    accepts: ({ headers }, side) =>
      side.credentials !== undefined && headers.get('authorization') === `Bearer ${side.credentials.ticket}`,
    refuse,
    provider: async ({ url, at }, { nth }) =>
      url.hostname === 'tickets.latchkey.test'
        ? new Response(
            await ticketFor({ key, audience, connection: `crm-${nth}`, subject: api, now: () => at }),
          )
        : undefined,
  },
  overRelay,
)
