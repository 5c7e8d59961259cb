import { createHmac } from 'node:crypto'
import { defineStrategy } from '@latchkey/core'
import { base64urlEncode, utf8 } from '@latchkey/core/http'

const encoded = (value: object): string => base64urlEncode(utf8(JSON.stringify(value)))

/** A JWT for each request, signed with a shared secret, as a third party would write it. RFC 7519. */
export const minimalJwt = defineStrategy({
  scheme: 'minimal-jwt',
  fields: {
    keyId: { type: 'string', label: 'Key id', required: true, public: true },
    secret: { type: 'password', label: 'Secret', required: true },
  },
  apply({ headers }, { settings, now }) {
    const iat = Math.floor(now() / 1000)
    const claims = { iss: settings.keyId, iat, exp: iat + 300 }
    const text = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
    const signature = createHmac('sha256', settings.secret).update(text).digest('base64url')
    headers.set('authorization', `Bearer ${text}.${signature}`)
  },
})
