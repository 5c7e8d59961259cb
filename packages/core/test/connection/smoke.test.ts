import { expect, test } from '@jest/globals'
import { defineStrategy } from '../../src/strategy.ts'
import { connect } from '../../src/connect.ts'

const key = defineStrategy({
  scheme: 'key',
  fields: { apiKey: { type: 'password', label: 'Key', required: true } },
  apply(request, c) {
    request.headers.set('x-key', c.settings.apiKey)
  },
})

test('a connection signs', async () => {
  const seen: Request[] = []
  const c = connect(key, {
    settings: { apiKey: 'SECRET' },
    origins: ['https://api.example.com'],
    fetch: (input, init) => {
      seen.push(new Request(input, init))
      return Promise.resolve(new Response('ok'))
    },
  })
  const r = await c.fetch('https://api.example.com/me?x=1', { method: 'POST', body: 'hi' })
  expect(await r.text()).toBe('ok')
  expect(seen[0]?.headers.get('x-key')).toBe('SECRET')
  expect(seen[0]?.headers.get('content-type')).toBe('text/plain;charset=UTF-8')
  await expect(c.fetch('https://evil.example.com/')).rejects.toMatchObject({ code: 'origin_forbidden' })
})
