import { createHmac } from 'node:crypto'
import { defineStrategy } from '@latchkey/core'
import { hexEncode, percentEncode } from '@latchkey/core/http'

const form = /^application\/x-www-form-urlencoded/

/** OAuth 1 with HMAC-SHA1 and a token in hand, as a third party would write it out of the core alone. RFC 5849. */
export const minimalOAuth1 = defineStrategy({
  scheme: 'minimal-oauth1',
  fields: {
    consumerKey: { type: 'string', label: 'Consumer key', pattern: '[\\x21-\\x7e]{1,2048}', required: true },
    consumerSecret: { type: 'password', label: 'Consumer secret', required: true },
    token: { type: 'password', label: 'Token', pattern: '[\\x21-\\x7e]{1,2048}', required: true },
    tokenSecret: { type: 'password', label: 'Token secret', required: true },
  },
  async apply(request, { settings, now, random }) {
    const own = {
      oauth_consumer_key: settings.consumerKey,
      oauth_nonce: hexEncode(random(16)),
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: String(Math.floor(now() / 1000)),
      oauth_token: settings.token,
    }
    const { method, url, headers } = request
    const isForm = form.test(headers.get('content-type') ?? '')
    const body = isForm ? new TextDecoder().decode(await request.bytes()) : ''
    const all = [...Object.entries(own), ...url.searchParams, ...new URLSearchParams(body)]
    const pairs = all.map(([name, value]) => `${percentEncode(name)}\u0000${percentEncode(value)}`).sort()
    const parameters = pairs.map((pair) => pair.replace('\u0000', '=')).join('&')
    const base = [method, url.origin + url.pathname, parameters].map(percentEncode).join('&')
    const key = [settings.consumerSecret, settings.tokenSecret].map(percentEncode).join('&')
    const signed = { ...own, oauth_signature: createHmac('sha1', key).update(base).digest('base64') }
    const parts = Object.entries(signed).map(([name, value]) => `${name}="${percentEncode(value)}"`)
    headers.set('authorization', `OAuth ${parts.join(', ')}`)
  },
})
