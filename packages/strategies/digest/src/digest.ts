import type { AuthStrategy, Field, PartialField, SettingsOf, Strategy } from '@latchkey/core'
import { hexEncode, parseParams } from '@latchkey/core/http'
import {
  allAlgorithms,
  bestChallenge,
  type DigestAlgorithm,
  type Preferences,
  type Qop,
} from './challenge.ts'
import { formOf, standard, textOf, type Completed, type DigestFields, type Login } from './form.ts'
import { answer, prove, signedWith } from './message.ts'
import { advance, forget, learn, takeSession } from './space.ts'

/** What a strategy says besides who signs in. */
export type About<S> = Pick<
  AuthStrategy<S, undefined>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'test'
>

export interface DigestOptions<F extends DigestFields> extends About<SettingsOf<Completed<F>>> {
  /** The form; default: user name and password. */
  readonly fields?: { readonly [K in keyof F]: K extends keyof typeof standard ? PartialField : Field }
  /** What is accepted, best first, `-sess` included. Default SHA-256, SHA-512-256, MD5; leave MD5 out where the server needs none. */
  readonly algorithms?: readonly DigestAlgorithm[]
  /** What is asked for where the server offers both; default 'auth'. */
  readonly qop?: Qop
  /** True: a response without the server's own right proof (`Authentication-Info`) is an error. Default false. */
  readonly verify?: boolean
}

/**
 * User name and password that never travel: the server's challenge is answered with a hash over it. RFC 7616.
 * What a challenge says is kept, so that only the first request at an origin costs two.
 * @throws {TypeError} that names an option that cannot work
 */
export function digest<const F extends DigestFields = typeof standard>(
  options: { readonly fields?: F } & DigestOptions<NoInfer<F>> = {},
): Strategy<Completed<NoInfer<F>>, undefined> {
  const { fields = standard, algorithms, qop = 'auth', verify = false, ...about } = options
  const preferences = preferencesOf(algorithms, qop)
  const strategy: AuthStrategy<Login, undefined> = {
    ...about,
    scheme: 'digest',
    fields: formOf(fields),
    async apply(request, { settings, memory }) {
      const [user, password] = [textOf(settings, 'username'), textOf(settings, 'password')]
      request.headers.delete('authorization')
      // Taken and counted before anything is waited for: no two requests have one count.
      const session = takeSession(memory, request.url)
      if (session === undefined) return
      request.headers.set('authorization', await answer(request, session, user, password))
    },
    async inspect(response, { request, memory, settings, random }) {
      if (response.status !== 401) {
        const info = parseParams(response.headers.get('authentication-info'))
        if (verify) await prove(response, info['rspauth'], { request, memory, settings })
        if (info['nextnonce'] !== undefined) advance(memory, request.url, info['nextnonce'])
        return undefined
      }
      const sent = signedWith(request.headers)
      const challenge = bestChallenge(response.headers.get('www-authenticate'), preferences)
      if (challenge === undefined) return undefined
      // RFC 7616 section 3.3: without `stale`, name or password were wrong. A nonce that has served before may have ended
      // at a server that does not say so.
      if (sent?.realm === challenge.realm && !challenge.stale && (sent.session?.count ?? 1) === 1) {
        forget(memory, request.url, challenge.realm)
        return undefined
      }
      learn(memory, request.url, challenge, hexEncode(random(16)))
      return 'retry'
    },
  }
  return strategy as AuthStrategy as Strategy<Completed<NoInfer<F>>, undefined>
}

function preferencesOf(algorithms: readonly DigestAlgorithm[] = allAlgorithms, qop: Qop): Preferences {
  if (algorithms.length === 0 || !algorithms.every((name) => allAlgorithms.includes(name)))
    throw new TypeError(`digest: algorithms must be some of ${allAlgorithms.join(', ')}`)
  if (qop !== 'auth' && (qop as string) !== 'auth-int')
    throw new TypeError("digest: qop must be 'auth' or 'auth-int'")
  return { algorithms, qop }
}
