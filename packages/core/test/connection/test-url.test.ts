import { expect, test } from '@jest/globals'
import { connect, defineConnector, defineStrategy } from '@latchkey/core'

test('a test whose credential stands in the address works, and reads an address without it', async () => {
  const sent: string[] = []
  const read: string[] = []
  const connector = defineConnector({
    key: 'acme',
    name: 'Acme',
    auth: defineStrategy({
      scheme: 'query',
      fields: { key: { type: 'password', label: 'Key', required: true } },
      apply: ({ url }, { settings }) => url.searchParams.set('key', settings.key),
    }),
    baseUrl: 'https://api.example.com',
    test: async ({ http }) => {
      const response = await http('me')
      read.push(response.url)
    },
  })
  const fetch = async (input: RequestInfo | URL): Promise<Response> => {
    sent.push(input instanceof Request ? input.url : input.toString())
    return new Response('{}')
  }
  await connect(connector, { settings: { key: 'k-123' }, fetch }).test()
  expect(sent).toEqual(['https://api.example.com/me?key=k-123'])
  expect(read).toEqual(['https://api.example.com/me'])
})
