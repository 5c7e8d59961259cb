import { isAuthError, memoryStore } from '@latchkey/core'
import { holds } from '../../check.ts'
import { law, type Bench, type Law, type Opened } from '../bench.ts'
import type { Settings } from '../case.ts'
import { leaked, secretFields, secretsIn, visible, written } from '../secrets.ts'

/** What one connection may know of another, and what anybody may know of either. */
export const connectionLaws: readonly Law[] = [
  law(
    'two connections of one strategy know nothing of each other',
    async (bench) => {
      const sample = await bench.plainest()
      const [one, two] = [bench.open(), bench.open({ settings: otherSettings(bench) })]
      for (const opened of [one, two, one, two]) await bench.drive(opened.succeed(sample))
      const strangers = [await secretsOf(bench, one, two), await secretsOf(bench, two, one)] as const
      for (const [opened, secrets] of [
        [two, strangers[0]],
        [one, strangers[1]],
      ] as const) {
        for (const request of [...opened.api, ...opened.own]) {
          holds(
            leaked(written(request), secrets) === undefined,
            "a request carries the other connection's secret",
          )
        }
      }
    },
    (bench) =>
      bench.subject.kase.other !== undefined ||
      secretFields(bench.fields, bench.subject.kase.settings).length > 0,
  ),

  law('a connection shows no secret, neither printed nor in its status or events', async (bench) => {
    const sample = await bench.plainest()
    const opened = bench.open()
    await bench.drive(opened.succeed(sample))
    await silent('the connection', opened.connection, opened)
    await silent('its status', await opened.connection.status(), opened)
    await silent('its events', opened.events, opened)
  }),

  law('no error of a provider that repeats what it was sent shows a secret', async (bench) => {
    const sample = await bench.plainest()
    for (const [what, fail] of Object.entries(failures)) {
      const trial = bench.again()
      const opened = trial.open()
      // Credentials that were earned before are secrets as well.
      await trial.drive(opened.succeed(sample))
      if (trial.leaf.acquire ?? trial.leaf.refresh) {
        await trial.expire(opened)
        opened.answerOwn = (request) => fail(written(request))
      }
      if (what !== unreachable) opened.answer = (request) => fail(written(request))
      const { connection } = opened
      const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['a request', () => opened.send(sample)],
        ['test()', () => connection.test()],
        ['revoke()', () => connection.revoke()],
      ]
      for (const [step, run] of steps) {
        const error = await trial.drive(run()).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        await silent(`the error of ${step} after ${what}`, error, opened)
      }
      for (const error of trial.watch.thrown.filter(isAuthError))
        await silent(`the strategy's own error after ${what}`, error, opened)
      await silent(`the status after ${what}`, await connection.status(), opened)
      await silent(`the events after ${what}`, opened.events, opened)
    }
  }),
]

const unreachable = 'a network failure'

const failures: Readonly<Record<string, (echo: string) => Response>> = {
  'a 400': (echo) => Response.json({ error: 'invalid_request', error_description: echo }, { status: 400 }),
  'a 401': (echo) =>
    new Response(echo, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }),
  // Not 500, which ky would try again after seconds of real time.
  'a 501': (echo) => new Response(echo, { status: 501 }),
  'an answer that is no JSON': (echo) =>
    new Response(`<html>${echo}</html>`, { headers: { 'content-type': 'application/json' } }),
  'an answer of another kind': (echo) => Response.json([echo]),
  [unreachable]: (echo) => {
    throw new TypeError('fetch failed', {
      cause: new Error(`Headers.append: "${echo}" is an invalid header value.`),
    })
  },
}

const silent = async (what: string, value: unknown, opened: Opened): Promise<void> => {
  holds(leaked(await visible(value), await opened.secrets()) === undefined, `${what} shows a secret`)
}

/** The case's other settings, or its own with other letters and digits in the second half of each secret. */
const otherSettings = ({ subject, fields }: Bench): Settings => {
  const { kase, strategy, connect } = subject
  if (kase.other !== undefined) return kase.other
  const turned = secretFields(fields, kase.settings).map(
    (name) => [name, turn(String(kase.settings[name]))] as const,
  )
  const other = { ...kase.settings, ...Object.fromEntries(turned) }
  try {
    connect(strategy, { settings: other, origins: ['https://api.latchkey.test'], store: memoryStore() })
    return other
  } catch (error) {
    throw new Error(
      'the secrets of the case cannot just be varied: give other settings in its member "other"',
      { cause: error },
    )
  }
}

const turn = (text: string): string =>
  text.slice(0, text.length / 2) +
  text
    .slice(text.length / 2)
    .replace(
      /[a-z0-9]/gi,
      (sign) => ({ z: 'a', Z: 'A', 9: '0' })[sign] ?? String.fromCharCode(sign.charCodeAt(0) + 1),
    )

/** The secrets of one connection that the other one has not typed as well. */
const secretsOf = async (bench: Bench, of: Opened, other: Opened): Promise<readonly string[]> => {
  const typed = secretFields(bench.fields, of.settings).flatMap((name) => {
    const [own, theirs] = [of.settings[name], other.settings[name]].map(String) as [string, string]
    return own === theirs ? [] : [own]
  })
  const { kase } = bench.subject
  // Both began with the same credentials, where the case gives some.
  const seeds = secretsIn(kase, kase.credentials?.(bench.clock.now()))
  const earned = secretsIn(kase, (await of.record())?.credentials)
  return [...typed, ...earned.filter((secret) => !seeds.includes(secret))]
}
