import { AuthError, type AuthStrategy, type SettingsOf, type Strategy } from '@latchkey/core'
import { chain, sameText } from '@latchkey/core/crypto'
import {
  base64urlEncode,
  exactBody,
  headerValue,
  learnTime,
  parseChallenges,
  quoted,
  serverNow,
} from '@latchkey/core/http'
import { hawkMac, payloadHash, timeMac, type HawkAlgorithm } from './hawk-mac.ts'
import type { About } from './hmac.ts'

/** The form of a Hawk key. */
export type HawkFields = {
  readonly id: {
    readonly type: 'string'
    readonly label: string
    readonly required: true
    readonly public: true
    readonly pattern: string
  }
  readonly key: { readonly type: 'password'; readonly label: string; readonly required: true }
}

/** How a service uses Hawk. */
export interface HawkOptions extends About<SettingsOf<HawkFields>> {
  /** As it was agreed with the key; default `sha256`. */
  readonly algorithm?: HawkAlgorithm
  /** False: bodies are not hashed, so that a stream can be sent. Default true. */
  readonly payload?: boolean
  /** Application data that is signed and sent along. */
  readonly ext?: string
  /** Oz: the application's id, and who delegated to it. */
  readonly app?: string
  readonly dlg?: string
}

const scheme = 'hawk'

const fields: HawkFields = {
  // It stands between quotes.
  id: {
    type: 'string',
    label: 'Key ID',
    required: true,
    public: true,
    pattern: '[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]+',
  },
  key: { type: 'password', label: 'Key', required: true },
}

/** A server's time counts from one second on: what it tolerates is its own matter, and its time comes with a MAC. */
const toleratedMs = 1000

/**
 * Hawk: a MAC of method, URL, host, port, time and nonce, and of the payload's hash. A server that finds the time wrong
 * tells its own, with a MAC, and the request is sent once more on that time.
 * https://github.com/mozilla/hawk/blob/main/API.md
 * @throws {TypeError} that names an option that cannot work
 */
export function hawk(options: HawkOptions = {}): Strategy<HawkFields, undefined> {
  const { algorithm = 'sha256', payload = true, ext, app, dlg, ...about } = options
  if (!['sha1', 'sha256'].includes(algorithm)) throw new TypeError('hawk: algorithm must be sha1 or sha256')
  for (const [name, value] of Object.entries({ ext, app, dlg })) {
    if (value !== undefined && !/^[\x20-\x7e]*$/.test(value))
      throw new TypeError(`hawk: ${name} must be printable ASCII`)
  }
  if (dlg !== undefined && app === undefined) throw new TypeError('hawk: dlg needs app')
  const strategy: AuthStrategy<SettingsOf<HawkFields>, undefined> = {
    ...about,
    scheme,
    fields,
    apply(request, c) {
      const { method, url, headers } = request
      const { id, key } = c.settings
      for (const [name, value] of [
        ['id', id],
        ['key', key],
      ] as const) {
        if (!value)
          throw new AuthError('settings_invalid', `Field "${name}" is empty`, { scheme, field: name })
      }
      const ts = Math.floor(serverNow(c) / 1000)
      const nonce = base64urlEncode(c.random(6))
      const hash =
        payload && request.body !== null
          ? chain(exactBody(request), (body) =>
              payloadHash(body, headers.get('content-type') ?? '', algorithm),
            )
          : undefined
      return chain(hash, (hash) => {
        const resource = url.pathname + url.search
        const port = url.port || (url.protocol === 'http:' ? 80 : 443)
        const parts = { method, resource, host: url.hostname, port, ts, nonce, hash, ext, app, dlg }
        return chain(hawkMac(key, algorithm, parts), (mac) => {
          const said = { id, ts, nonce, hash, ext: ext === '' ? undefined : ext, mac, app, dlg }
          headers.set('authorization', headerValue(`Hawk ${attributes(said)}`, 'id'))
        })
      })
    },
    inspect(response, c) {
      const challenge =
        response.status === 401
          ? parseChallenges(response.headers.get('www-authenticate')).find((given) => given.scheme === 'hawk')
          : undefined
      const { ts, tsm } = challenge?.params ?? {}
      if (ts === undefined || tsm === undefined) return undefined
      // Without its MAC anybody on the way could set our clock.
      return chain(timeMac(c.settings.key, algorithm, ts), (expected) =>
        sameText(expected, tsm) && learnTime(Number(ts) * 1000, c, toleratedMs) ? 'retry' : undefined,
      )
    },
  }
  return strategy as AuthStrategy as Strategy<HawkFields, undefined>
}

const attributes = (values: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${quoted(String(value), name)}`)
    .join(', ')
