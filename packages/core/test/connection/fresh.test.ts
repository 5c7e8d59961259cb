import { expect, test } from '@jest/globals'
import { defineStrategy } from '@latchkey/core'
import { api, rig } from '../support.ts'

/** Signs in the body, in place, as a form key of a third party might. */
const inForm = defineStrategy({
  scheme: 'in-form',
  fields: { apiKey: { type: 'password', label: 'Key', required: true } },
  apply(request, c) {
    if (request.body instanceof URLSearchParams) request.body.append('key', c.settings.apiKey)
    request.headers.append('x-key', c.settings.apiKey)
    request.url.searchParams.append('key', c.settings.apiKey)
  },
  inspect: (response) => (response.status === 401 ? 'retry' : undefined),
})

test('what apply changes in place is gone before the request is signed again', async () => {
  const world = rig((_, count) => new Response('', { status: count === 1 ? 401 : 200 }))
  const body = new URLSearchParams({ mine: '1' })
  await world.open(inForm, { settings: { apiKey: 'CANARY' } }).fetch(`${api}/`, { method: 'POST', body })
  expect(world.sent.map((sent) => [sent.url, sent.headers.get('x-key'), sent.body])).toEqual(
    Array(2).fill([`${api}/?key=CANARY`, 'CANARY', 'mine=1&key=CANARY']),
  )
  expect(body.toString()).toBe('mine=1')
})

test('what apply put into a body in place stays behind when the request is redirected elsewhere', async () => {
  const elsewhere = { status: 307, headers: { location: 'https://other.example.com/' } }
  const world = rig((_, count) => (count === 1 ? new Response('', elsewhere) : new Response('end')))
  const body = new URLSearchParams({ mine: '1' })
  await world.open(inForm, { settings: { apiKey: 'CANARY' } }).fetch(`${api}/`, { method: 'POST', body })
  expect([world.sent[1]?.url, world.sent[1]?.body]).toEqual(['https://other.example.com/', 'mine=1'])
  expect([...(world.sent[1]?.headers.keys() ?? [])]).toEqual(['content-type'])
})

test.each(['a text', null, 0])(
  'the reason of an abort comes back as the caller gave it: %p',
  async (reason) => {
    const controller = new AbortController()
    const world = rig(() => {
      controller.abort(reason)
      throw controller.signal.reason
    })
    const sent = world
      .open(inForm, { settings: { apiKey: 'CANARY' } })
      .fetch(`${api}/`, { signal: controller.signal })
    await expect(sent).rejects.toBe(reason)
  },
)

test('what the caller changes after the call is not sent', async () => {
  const headers = new Headers({ 'x-mine': 'then' })
  const body = new TextEncoder().encode('then')
  const url = new URL(`${api}/then`)
  const world = rig((_, count) => {
    headers.set('x-mine', 'now')
    body.set(new TextEncoder().encode('now!'))
    url.pathname = '/now'
    return new Response('', { status: count === 1 ? 401 : 200 })
  })
  await world.open(inForm, { settings: { apiKey: 'K' } }).fetch(url, { method: 'POST', headers, body })
  expect(world.sent.map((sent) => [sent.url, sent.headers.get('x-mine'), sent.body])).toEqual(
    Array(2).fill([`${api}/then?key=K`, 'then', 'then']),
  )
})
