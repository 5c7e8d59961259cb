import { createHmac } from 'node:crypto'
import { defineStrategy } from '@latchkey/core'

/** What most exchanges do: time, method, path and body are signed, and key, time and signature are headers. */
export const hmac = defineStrategy({
  scheme: 'acme-exchange',
  fields: {
    keyId: { type: 'string', label: 'API key', pattern: '[\\w-]+', required: true, public: true },
    secret: { type: 'password', label: 'API secret', help: 'Acme → Settings → API', required: true },
  },
  async apply(request, { settings, now }) {
    const { method, url, headers } = request
    const time = String(Math.floor(now() / 1000))
    const signature = createHmac('sha256', settings.secret)
      .update(time + method + url.pathname + url.search)
      .update(await request.bytes())
    headers.set('x-acme-key', settings.keyId)
    headers.set('x-acme-time', time)
    headers.set('x-acme-signature', signature.digest('base64'))
  },
})
