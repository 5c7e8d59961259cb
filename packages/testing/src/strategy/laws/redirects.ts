import { isAuthError } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { isUnsupported, law, type Bench, type Law, type Opened } from '../bench.ts'
import type { SeenRequest } from '../case.ts'
import type { Sent } from '../network.ts'
import type { Sample } from '../samples.ts'
import { leaked, written } from '../secrets.ts'

const statuses = [301, 302, 303, 307, 308] as const

/** Other origins, by what makes them other. */
const targets = (home: string): readonly (readonly [string, string])[] => {
  const url = new URL(home)
  return [
    ['another host', 'https://away.example.net'],
    ['another port', `${url.protocol}//${url.hostname}:${url.port === '8443' ? 8444 : 8443}`],
    ...(url.protocol === 'https:' ? [['http instead of https', `http://${url.host}`] as const] : []),
  ]
}

/** A GET and a POST, as far as the strategy signs them. */
const senders = async (bench: Bench): Promise<readonly Sample[]> => {
  const get = await bench.sample(({ method }) => method === 'GET')
  const post = await bench.sample(
    ({ method, literal, repeatable }) => method === 'POST' && literal && repeatable,
  )
  return [get, post].filter((sample) => sample !== undefined)
}

const turnsIntoGet = (status: number, { method }: Sample): boolean => method === 'POST' && status < 304

/** The request as the caller made it, after a redirect with this status: what a bare one must be, to the letter. */
const bareRequest = (sample: Sample, status: number, address: string): unknown => {
  const toGet = turnsIntoGet(status, sample)
  const headers = new Headers(sample.init().headers)
  const type = new Response(sample.init().body ?? null).headers.get('content-type')
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
  if (toGet) headers.delete('content-type')
  return [toGet ? 'GET' : sample.method, new URL(address).href, [...headers], toGet ? '' : sample.content]
}

const asItCame = ({ method, url, headers, text }: SeenRequest): unknown => [
  method,
  url.href,
  [...headers],
  text,
]

const redirect = (status: number, location: string): Response =>
  new Response(null, { status, headers: { location } })

/** Where credentials go when a server sends a request elsewhere. */
export const redirectLaws: readonly Law[] = [
  law(
    'a redirect to another host, another port or to http takes along nothing that the strategy added',
    async (bench) => {
      for (const sample of await senders(bench)) {
        for (const status of statuses) {
          for (const [what, origin] of targets(bench.home)) {
            const where = `${sample.name}, ${status} to ${what}`
            const opened = bench.open()
            const address = `${origin}/landing?step=2`
            opened.answer = () => redirect(status, address)
            const response = await bench.drive(opened.send(sample, '/start?step=1'))
            same(await response.text(), 'away', `${where}: the body of the response`)
            await nothingLeft(opened, where)
            same(
              opened.away.map(asItCame),
              [bareRequest(sample, status, address)],
              `${where}: what arrived there`,
            )
          }
        }
      }
    },
  ),

  law('a redirect whose address repeats the signed one does not carry a credential away', async (bench) => {
    for (const sample of await senders(bench)) {
      for (const status of statuses) {
        for (const [what, origin] of targets(bench.home)) {
          const where = `${sample.name}, ${status} to ${what}`
          const opened = bench.open()
          opened.answer = ({ url }) => redirect(status, `${origin}${url.pathname}${url.search}`)
          const sending = bench.drive(opened.send(sample, '/start?step=1'))
          const refused = await sending.then(
            () => false,
            (error: unknown) => {
              if (isAuthError(error) && error.code === 'origin_forbidden') return true
              throw error
            },
          )
          await nothingLeft(opened, where)
          if (refused) continue
          same(
            opened.away.map(({ url }) => [...url.searchParams.keys()]),
            [['step']],
            `${where}: the query that arrived there`,
          )
        }
      }
    }
  }),

  law(
    'a redirect on an allowed origin is signed anew, and what stood in the query is not doubled',
    async (bench) => {
      const get = await bench.sample(({ method }) => method === 'GET')
      for (const sample of await senders(bench)) {
        for (const status of statuses) {
          for (const origin of [bench.home, bench.second]) {
            const where = `${sample.name}, ${status} to ${origin}`
            const opened = bench.open()
            opened.answer = ({ url }) =>
              url.pathname === '/start' ? redirect(status, `${origin}/landing${url.search}`) : undefined
            try {
              const response = await bench.drive(opened.send(sample, '/start?step=1'))
              same(response.status, 200, `${where}: the status at the end`)
              const shown = leaked(response.url, await opened.secrets())
              holds(shown === undefined, `${where}: response.url shows a credential`)
            } catch (error) {
              // A scheme that signs no GET cannot follow a redirect that becomes one.
              if (isUnsupported(error) && turnsIntoGet(status, sample) && get === undefined) continue
              throw error
            }
            const last = opened.api.at(-1) as Sent
            same(
              [last.url.origin, last.url.pathname, last.accepted],
              [origin, '/landing', true],
              `${where}: what arrived last`,
            )
            const keys = [...last.url.searchParams.keys()]
            same(keys.length, new Set(keys).size, `${where}: how many values the query has, for its names`)
          }
        }
      }
    },
  ),

  law('a request that has left stays bare, also when it is sent back', async (bench) => {
    for (const sample of await senders(bench)) {
      for (const status of statuses) {
        const opened = bench.open()
        const back = `${bench.home}/back`
        opened.answer = ({ url }) =>
          url.pathname === '/start' ? redirect(status, 'https://away.example.net/turn') : undefined
        opened.answerAway = () => redirect(status, back)
        const response = await bench.drive(opened.send(sample, '/start'))
        await response.body?.cancel()
        const returned = opened.api.filter((sent) => sent.url.pathname === '/back')
        same(
          returned.map(asItCame),
          [bareRequest(sample, status, back)],
          `${sample.name}, ${status}: what came back to the API`,
        )
      }
    }
  }),
]

const nothingLeft = async (opened: Opened, where: string): Promise<void> => {
  const secrets = await opened.secrets()
  for (const request of opened.away) {
    holds(leaked(written(request), secrets) === undefined, `${where}: a secret reached ${request.url.origin}`)
  }
}
