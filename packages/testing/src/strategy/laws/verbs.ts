import { isAuthError } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { law, type Law, type Opened } from '../bench.ts'
import { refusal } from '../network.ts'

/** What a strategy may offer besides signing. */
export const verbLaws: readonly Law[] = [
  law(
    'test() succeeds where the API accepts the credentials and fails where it does not',
    async (bench) => {
      const sample = await bench.plainest()
      const signedIn = async (): Promise<Opened> => {
        const opened = bench.open()
        await bench.drive(opened.succeed(sample))
        return opened
      }
      const good = await signedIn()
      const [api, own] = [good.api.length, good.own.length]
      await bench.drive(good.connection.test())
      // A provider that is asked about a token (RFC 7662) proves as much as the API itself.
      const proven = good.own.length > own || good.api.slice(api).some(({ accepted }) => accepted)
      holds(proven, 'test() asked nobody, and what it does not ask it cannot prove: leave it out')
      const bad = await signedIn()
      bad.answer = (request) => refusal(bench.subject.kase, request)
      bad.answerOwn = () => new Response('', { status: 401 })
      const error = await bench.drive(bad.connection.test()).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      holds(isAuthError(error), 'test() did not fail although every request was refused')
    },
    ({ leaf }) => leaf.test !== undefined,
  ),

  law(
    'revoke() ends the credentials at the provider, and here even where the provider fails',
    async (bench) => {
      const sample = await bench.plainest()
      for (const answer of [undefined, () => new Response('', { status: 501 })]) {
        const opened = bench.open()
        await bench.drive(opened.succeed(sample))
        const { length } = opened.own
        opened.answerOwn = answer
        const failed = await bench.drive(opened.connection.revoke()).then(
          () => false,
          (error: unknown) => {
            if (isAuthError(error)) return true
            throw error
          },
        )
        holds(opened.own.length > length, 'revoke() sent nothing to the provider')
        same((await opened.record())?.credentials, undefined, 'the credentials in the store')
        if (answer === undefined) same(failed, false, 'whether revoke() failed although the provider did not')
      }
    },
    ({ leaf }) => leaf.revoke !== undefined,
  ),
]
