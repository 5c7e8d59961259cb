import type { SettingsOf, Strategy } from '@latchkey/core'
import { hmac, type About, type HmacOptions } from './hmac.ts'
import { field, secret, type Public, type Secret } from './preset-fields.ts'

/** The form of a user name token. */
export type WsseFields = { readonly username: Public; readonly password: Secret }

/** How a service reads a user name token. */
export interface WsseOptions extends About<SettingsOf<WsseFields>> {
  /** Default `SHA-1`. */
  readonly algorithm?: 'SHA-1' | 'SHA-256'
  /** `base64`: the header has the nonce in base64, as the OASIS profile wants it. Default `text`, as in Atom. */
  readonly nonce?: 'text' | 'base64'
}

/**
 * WSSE UsernameToken in the header `X-WSSE`: the password's digest with a nonce and the time.
 * https://docs.oasis-open.org/wss/v1.1/wss-v1.1-spec-os-UsernameTokenProfile.pdf
 */
export function wsse(options: WsseOptions = {}): Strategy<WsseFields, undefined> {
  return hmac(wsseOptions(options))
}

/** The same as data, to be changed. */
export function wsseOptions(options: WsseOptions = {}): HmacOptions<WsseFields> {
  const { algorithm = 'SHA-1', nonce = 'text', ...about } = options
  const shown = nonce === 'text' ? '{nonce}' : '{nonce|base64}'
  return {
    scheme: 'wsse',
    fields: {
      // It stands between quotes.
      username: field('User name', '[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]+'),
      password: secret('Password'),
    },
    algorithm,
    mac: 'hash',
    secret: 'password',
    encoding: 'base64',
    message: '{nonce}{timestamp}{password}',
    timestamp: 'iso',
    headers: {
      authorization: 'WSSE profile="UsernameToken"',
      'x-wsse': `UsernameToken Username="{username}", PasswordDigest="{signature}", Nonce="${shown}", Created="{timestamp}"`,
    },
    toleratedMs: 240_000,
    ...about,
  }
}
