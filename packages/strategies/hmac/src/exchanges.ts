import type { SettingsOf, Strategy } from '@latchkey/core'
import { hmac, type About, type HmacOptions } from './hmac.ts'
import { field, secret, visible, type Public, type Secret } from './preset-fields.ts'

/** The form of a Coinbase Exchange key. */
export type CoinbaseFields = { readonly key: Public; readonly secret: Secret; readonly passphrase: Secret }

/**
 * Coinbase Exchange: `timestamp + method + requestPath + body`, under the base64 secret.
 * https://docs.cdp.coinbase.com/exchange/rest-api/authentication
 */
export function coinbase(about: About<SettingsOf<CoinbaseFields>> = {}): Strategy<CoinbaseFields, undefined> {
  return hmac(coinbaseOptions(about))
}

/** The same as data, to be changed. */
export function coinbaseOptions(about: About<SettingsOf<CoinbaseFields>> = {}): HmacOptions<CoinbaseFields> {
  return {
    scheme: 'coinbase',
    fields: {
      key: field('API key'),
      secret: secret('API secret'),
      passphrase: { ...secret('Passphrase'), pattern: visible },
    },
    secretEncoding: 'base64',
    encoding: 'base64',
    message: '{timestamp}{method}{target}{body}',
    headers: {
      'cb-access-key': '{key}',
      'cb-access-sign': '{signature}',
      'cb-access-timestamp': '{timestamp}',
      'cb-access-passphrase': '{passphrase}',
    },
    ...about,
  }
}

/** The form of a Binance HMAC key. */
export type BinanceFields = { readonly apiKey: Public; readonly secretKey: Secret }

/**
 * Binance, HMAC keys: the query, with the time in it, and the body, one behind the other.
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
 */
export function binance(about: About<SettingsOf<BinanceFields>> = {}): Strategy<BinanceFields, undefined> {
  return hmac(binanceOptions(about))
}

/** The same as data, to be changed. */
export function binanceOptions(about: About<SettingsOf<BinanceFields>> = {}): HmacOptions<BinanceFields> {
  return {
    scheme: 'binance',
    fields: { apiKey: field('API key'), secretKey: secret('Secret key') },
    secret: 'secretKey',
    message: '{query}{body}',
    timestamp: 'milliseconds',
    headers: { 'x-mbx-apikey': '{apiKey}' },
    query: { timestamp: '{timestamp}', signature: '{signature}' },
    // Binance accepts five seconds.
    toleratedMs: 4000,
    ...about,
  }
}
