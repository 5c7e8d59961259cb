import { expect, test } from '@jest/globals'
import { accountOf, peekBody } from '@latchkey/core/http'

const json = { 'content-type': 'application/json; charset=utf-8' }

test('a body is looked into, and is still there for whoever reads it', async () => {
  const response = new Response('{"a":[1]}', { headers: json })
  expect(await peekBody(response)).toEqual({ a: [1] })
  expect(await response.text()).toBe('{"a":[1]}')
  expect(await peekBody(new Response('plain', { headers: { 'content-length': '5' } }))).toBe('plain')
})

test('nobody waits for a body that may never end, and there is nothing to see where there is none', async () => {
  const endless = new ReadableStream({ pull: () => new Promise(() => undefined) })
  const events = new Response(endless, { headers: { 'content-type': 'text/event-stream' } })
  expect(await peekBody(events)).toBeUndefined()
  expect(await peekBody(new Response(null, { headers: json }))).toBeUndefined()
})

test('of a long body the beginning is read', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(50_000))
  let chunks = 0
  const long = new ReadableStream({
    pull: (to) => (chunks++ < 100 ? to.enqueue(chunk) : to.close()),
  })
  expect(String(await peekBody(new Response(long, { headers: json })))).toBe('x'.repeat(100_000))
})

test('an account is what an object names: id, and label before name', () => {
  expect(accountOf({ id: 7, name: 'Ada', label: 'A' })).toEqual({ id: '7', label: 'A' })
  expect(accountOf({ name: 'Ada' })).toEqual({ id: undefined, label: 'Ada' })
  for (const nothing of [true, null, 'Ada', {}, { id: {} }]) expect(accountOf(nothing)).toBeUndefined()
})
