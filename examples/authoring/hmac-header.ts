import { createHmac } from 'node:crypto'
import { defineStrategy } from '@latchkey/core'

/** A third party's scheme: the key's id in one header, an HMAC of the body in another. Needs the core and nothing else. */
export const hmacHeader = defineStrategy({
  scheme: 'acme-hmac',
  fields: {
    keyId: { type: 'string', label: 'Key id', pattern: '[\\w-]+', required: true, public: true },
    secret: { type: 'password', label: 'Secret', help: 'Acme → Settings → API', required: true },
  },
  async apply(request, { settings }) {
    const signature = createHmac('sha256', settings.secret).update(await request.bytes())
    request.headers.set('x-acme-key', settings.keyId)
    request.headers.set('x-acme-signature', signature.digest('hex'))
  },
})
