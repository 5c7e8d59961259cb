import type { AuthStrategy } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { inWorld } from '../ambient.ts'
import { isUnsupported, law, type Law } from '../bench.ts'
import type { Sent } from '../network.ts'
import { own, ownHeader, samples } from '../samples.ts'

const minutes = 60_000

/** How a request is signed. */
export const signingLaws: readonly Law[] = [
  law(
    'a request is signed so that the API accepts it, or refused as unsupported, and what the caller sent is still in it',
    async (bench) => {
      let taken = 0
      for (const sample of samples) {
        const opened = bench.open()
        const { name, method, content } = sample
        try {
          await bench.drive(opened.succeed(sample, '/orders/7?page=2'))
        } catch (error) {
          if (!isUnsupported(error)) throw error
          // Where the API gives the challenge, a body may be gone before it is known that it is needed again.
          const asked = bench.leaf.inspect && opened.api.every(({ accepted }) => !accepted)
          if (!asked)
            same(opened.api.length, 0, `${name}: requests that were sent although the strategy refused`)
          continue
        }
        taken += 1
        if (!bench.leaf.inspect) same(opened.api.length, 1, `${name}: how often the request was sent`)
        for (const sent of opened.api) {
          same(sent.method, method, `${name}: the method`)
          same(sent.url.searchParams.get('page'), '2', `${name}: the caller's own query`)
          same(sent.headers.get(ownHeader[0]), ownHeader[1], `${name}: the caller's own header`)
          // A strategy that writes into the body may write it anew, but what the caller said stays in it.
          holds(content === '' || sent.text.includes(own), `${name}: the body lost what the caller put there`)
        }
      }
      holds(taken > 0, 'the strategy refuses to sign any request')
    },
  ),

  law('every send is signed afresh, from a request that carries no credentials', async (bench) => {
    const sample = await bench.plainest()
    const opened = bench.open()
    for (const path of ['/one', '/two?x=1', '/one', '/one']) {
      await bench.drive(opened.succeed(sample, path))
      bench.clock.jump(10 * minutes)
    }
    await bench.drive(Promise.all([opened.succeed(sample, '/three'), opened.succeed(sample, '/four')]))
    same(
      bench.watch.applied.length,
      opened.api.length,
      'how often apply was called, for each request that was sent',
    )
    const bare = [...new Headers(sample.init().headers)]
    for (const { href, headers } of bench.watch.applied) {
      const extra = headers
        .map(([name]) => name)
        .filter((name) => name !== 'content-type' && !bare.some(([given]) => given === name))
      same(extra, [], `the headers that stood already on ${new URL(href).pathname} before it was signed`)
      same(
        new URL(href).search.length,
        href.includes('/two') ? 4 : 0,
        'the query that stood there before it was signed',
      )
    }
  }),

  law('the strategy changes the request that it signs and nothing else', async (bench) => {
    const { strategy } = bench.subject
    const before = described(strategy)
    const sample = await bench.plainest()
    const opened = bench.open()
    await bench.drive(opened.succeed(sample))
    if (bench.leaf.test) await bench.drive(opened.connection.test().catch(() => undefined))
    if (bench.leaf.acquire ?? bench.leaf.refresh) {
      await bench.expire(opened)
      await bench.drive(opened.succeed(sample))
    }
    same(bench.watch.changes, [], 'what the verbs of the strategy changed')
    same(described(strategy), before, 'the strategy itself, its fields and its members')
  }),

  law('apply returns nothing, or a promise that can be waited for', async (bench) => {
    await bench.drive(bench.open().send(await bench.plainest()))
    same(bench.watch.returned, [], 'the types of what apply returned besides nothing and promises')
  }),

  law('a request goes to the origin that it was made for, also where the API has several', async (bench) => {
    const sample = await bench.plainest()
    const opened = bench.open()
    for (const origin of [bench.home, bench.second]) {
      const { length } = opened.api
      await bench.drive(opened.succeed(sample, `${origin}/here`))
      for (const { url } of opened.api.slice(length)) same(url.origin, origin, 'where the request went')
    }
    same(
      opened.away.map(({ url }) => url.origin),
      [],
      'origins that are neither the API nor the provider',
    )
  }),

  law(
    'where the caller has put something in the place of a credential, there is one value and not two',
    async (bench) => {
      const sample = await bench.plainest()
      const first = bench.open()
      await bench.drive(first.succeed(sample, '/me'))
      const signed = first.api.at(-1) as Sent
      const theirs = 'callers-own-value'
      const bare = new Headers(sample.init().headers)
      for (const name of new Set(signed.url.searchParams.keys())) {
        const opened = bench.open()
        if (
          !(await taken(
            bench.drive(opened.send(sample, `/me?${new URLSearchParams([[name, theirs]]).toString()}`)),
          ))
        )
          continue
        for (const { url } of opened.api)
          same(url.searchParams.getAll(name).length, 1, `how often "${name}" stands in the query`)
      }
      for (const [name] of signed.headers) {
        // RFC 6265 section 5.4: one Cookie header holds the cookies of everybody.
        if (bare.has(name) || ['content-type', 'content-length', 'cookie'].includes(name)) continue
        const opened = bench.open()
        const headers = Object.assign({}, sample.init().headers, { [name]: theirs })
        if (!(await taken(bench.drive(opened.send(sample, '/me', { headers }))))) continue
        for (const sent of opened.api) {
          const value = sent.headers.get(name) ?? ''
          holds(
            value === theirs || !value.includes(theirs),
            `the header "${name}" holds the caller's value and the credential, one behind the other`,
          )
        }
      }
    },
  ),

  law('a request for another sender is signed as one that is sent', async (bench) => {
    const sample = await bench.plainest()
    const opened = bench.open()
    await bench.drive(opened.succeed(sample))
    const request = await bench.drive(
      opened.connection.apply(new Request(new URL('/socket', bench.home), sample.init())),
    )
    await opened.wire(request)
    holds(opened.api.at(-1)?.accepted === true, 'the API does not accept what connection.apply() signed')
  }),

  law(
    'time, chance and network reach a strategy through its context alone',
    async (bench) => {
      const sample = await bench.plainest()
      const run = async (): Promise<unknown> => {
        const aside = bench.again()
        const opened = aside.open()
        await aside.drive(opened.succeed(sample))
        return [...opened.own, ...opened.api].map(({ method, url, headers, text }) => [
          method,
          url.href,
          [...headers],
          text,
        ])
      }
      const once = await inWorld(0, run)
      const later = await inWorld(400 * 86_400_000, run)
      const what =
        'the same request at the same moment of the context, a year later for the rest of the world'
      same(later.result, once.result, what)
      same(once.fetches, 0, 'how often the global fetch was called')
    },
    ({ subject }) => !subject.kase.randomised,
  ),

  law('the caller reads the whole response, whatever the strategy has read of it', async (bench) => {
    const sample = await bench.plainest()
    const opened = bench.open()
    const body = JSON.stringify({ answer: 'x'.repeat(10_000) })
    opened.answer = () => new Response(body, { headers: { 'content-type': 'application/json' } })
    const response = await bench.drive(opened.send(sample))
    same(response.bodyUsed, false, 'whether the body was used before the caller got it')
    same(await response.text(), body, 'the body of the response')
  }),
]

/** Whether the strategy took the request; that it refuses to sign it is its good right. */
const taken = (sending: Promise<unknown>): Promise<boolean> =>
  sending.then(
    () => true,
    (error: unknown) => {
      if (isUnsupported(error)) return false
      throw error
    },
  )

const described = (strategy: AuthStrategy): unknown =>
  Object.entries(strategy).map(([name, value]: [string, unknown]) => [
    name,
    name === 'fields' || typeof value !== 'object' ? JSON.stringify(value) : 'object',
  ])
