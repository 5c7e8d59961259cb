import type { AuthStrategy, Fields, SettingsOf, Strategy } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { exactBody, learnClock, serverNow } from '@latchkey/core/http'
import { compile } from './compile.ts'
import type { Description } from './description.ts'
import { nonce, timestamp } from './formats.ts'
import { clear, place } from './place.ts'
import { keyOf, textsOf, type Settings } from './secrets.ts'
import { hashOf, signatureOf, type Subject } from './signature.ts'
import { uses } from './template.ts'

interface KeyIdField {
  readonly type: 'string'
  readonly label: string
  readonly required: true
  readonly public: true
  readonly pattern: string
}

interface SecretField {
  readonly type: 'password'
  readonly label: string
  readonly required: true
}

/** The form where none is given. */
export type StandardFields = { readonly keyId: KeyIdField; readonly secret: SecretField }

const standard: StandardFields = {
  keyId: { type: 'string', label: 'API key', required: true, public: true, pattern: '[\\x21-\\x7e]+' },
  secret: { type: 'password', label: 'API secret', required: true },
}

/** What a strategy says besides how it signs. */
export type About<S> = Pick<
  AuthStrategy<S, undefined>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'test'
>

/** A description, the form that it needs, and a stable name. */
export interface HmacOptions<F extends Fields> extends Description<keyof F & string>, About<SettingsOf<F>> {
  /** Default `hmac`; stored with the credentials. */
  readonly scheme?: string
  /** Default: `keyId` and `secret`. */
  readonly fields?: F
}

/**
 * Requests signed with a shared secret, in the way that the description says.
 * @throws {TypeError} that names an option that cannot work
 */
export function hmac<const F extends Fields = StandardFields>(
  options: { readonly fields?: F } & HmacOptions<NoInfer<F>>,
): Strategy<NoInfer<F>, undefined> {
  const {
    scheme = 'hmac',
    title,
    description,
    helpUrl,
    schema,
    baseUrl,
    origins,
    test,
    ...described
  } = options
  const fields: Fields = options.fields ?? standard
  const compiled = compile(described, Object.keys(fields))
  const about = { title, description, helpUrl, schema, baseUrl, origins, test }
  const needsHash = [
    compiled.message,
    ...[...compiled.before, ...compiled.after].map(({ template }) => template),
  ].some((pieces) => uses(pieces, 'bodyHash'))
  const needsBody = needsHash || uses(compiled.message, 'body')
  const strategy: AuthStrategy<Settings, undefined> = {
    ...Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined)),
    scheme,
    fields,
    apply(request, c) {
      const { method, url, headers } = request
      const given = textsOf(fields, c.settings)
      const values = {
        method,
        url,
        headers,
        timestamp: timestamp(serverNow(c), described.timestamp ?? 'seconds'),
        nonce: nonce(c.random, described.nonce ?? { bytes: 16, encoding: 'hex' }),
        fields: given,
        key: keyOf(compiled, given, scheme),
      }
      return chain(needsBody ? exactBody(request) : '', (body) => {
        const subject: Subject = { ...values, body }
        return chain(needsHash ? hashOf(subject, described) : '', (bodyHash) => {
          clear(url, compiled)
          for (const target of compiled.before) place(target, subject, bodyHash, '')
          return chain(signatureOf(compiled, subject, bodyHash), (signature) => {
            for (const target of compiled.after) place(target, subject, bodyHash, signature)
          })
        })
      })
    },
    inspect: (response, c) =>
      compiled.timed && learnClock(response, c, described.toleratedMs ?? 25_000) ? 'retry' : undefined,
  }
  return strategy as AuthStrategy as Strategy<NoInfer<F>, undefined>
}
