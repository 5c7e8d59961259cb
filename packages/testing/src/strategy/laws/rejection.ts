import { isAuthError } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { canRenew, law, type Bench, type Law, type Opened } from '../bench.ts'
import { refusal, type Sent } from '../network.ts'
import { samples } from '../samples.ts'
import { leaked, secretsIn, written } from '../secrets.ts'

/** What happens to a request whose credentials the API rejects. */
export const rejectionLaws: readonly Law[] = [
  law(
    'a rejected request is sent again with new credentials and the same body',
    async (bench) => {
      for (const sample of samples.filter(({ repeatable }) => repeatable)) {
        const found = await bench.sample((one) => one === sample)
        if (found === undefined) continue
        const trial = bench.again()
        const { opened, old } = await rejecting(trial)
        const { length } = opened.api
        const asked = opened.own.length
        const response = await trial.drive(opened.send(sample, '/orders'))
        const { name } = sample
        same(response.status, 200, `${name}: the status at the end`)
        const [first, last, ...rest] = opened.api.slice(length) as [Sent, Sent, ...Sent[]]
        same(
          [first.accepted, last.accepted, rest.length],
          [true, true, 0],
          `${name}: the two requests, and how many more`,
        )
        same(trial.renewals(opened), 1, `${name}: how often credentials were renewed`)
        const answers = trial.subject.kase.provider !== undefined
        holds(
          !answers || opened.own.length > asked,
          `${name}: the provider was not asked for new credentials`,
        )
        const now = secretsIn(trial.subject.kase, (await opened.record())?.credentials)
        const ended = old.filter((secret) => !now.includes(secret))
        holds(leaked(written(last), ended) === undefined, `${name}: the old credentials were sent again`)
        same(
          last.headers.get('content-type'),
          first.headers.get('content-type'),
          `${name}: the content type of the second request`,
        )
        const rewritten = sample.literal && first.text !== sample.content
        if (!rewritten) same(last.text, first.text, `${name}: the body of the second request`)
      }
    },
    canRenew,
  ),

  law(
    'a body that can be read once is not sent again: body_not_replayable, and the next request has new credentials',
    async (bench) => {
      const sample = await bench.sample(({ repeatable }) => !repeatable)
      if (sample === undefined) return
      const { opened } = await rejecting(bench)
      const { length } = opened.api
      const error = await bench.drive(opened.send(sample)).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      same(isAuthError(error) ? error.code : String(error), 'body_not_replayable', 'the code of the error')
      same(opened.api.length - length, 1, 'how often the request was sent')
      await bench.drive(opened.succeed(await bench.plainest()))
      same(bench.renewals(opened), 1, 'how often credentials were renewed')
    },
    canRenew,
  ),

  law(
    'a rejection that nothing can renew is returned, and the request was sent once',
    async (bench) => {
      const sample = await bench.plainest()
      const opened = bench.open()
      const model = refusal(bench.subject.kase, { url: new URL(bench.home) } as Sent)
      opened.answer = (request) => refusal(bench.subject.kase, request)
      const response = await bench.drive(opened.send(sample))
      same(
        [response.status, await response.text()],
        [model.status, await model.text()],
        "the API's own answer",
      )
      // A strategy that learns from responses may sign once more.
      holds(
        opened.api.length <= (bench.leaf.inspect ? 2 : 1),
        `the request was sent ${opened.api.length} times`,
      )
    },
    (bench) => !canRenew(bench),
  ),
]

/** A connection whose next request the API rejects, and the secrets that it has up to then. */
const rejecting = async (bench: Bench): Promise<{ opened: Opened; old: readonly string[] }> => {
  const opened = bench.open()
  await bench.drive(opened.succeed(await bench.plainest()))
  const record = await opened.record()
  bench.shared.refused = record?.version ?? 0
  opened.events.length = 0
  return { opened, old: secretsIn(bench.subject.kase, record?.credentials) }
}
