import { expect, test } from '@jest/globals'
import { timeLeft } from '../src/consent/wait.ts'
import { openerOf } from '../src/world/browser.ts'
import { standIn, standInOf } from '../src/world/stand-in.ts'
import { statusLine } from '../src/world/status.ts'
import { Writable } from 'node:stream'
import { machine } from './support.ts'

test('a link is one argument of the program that opens it, whatever is in it', () => {
  const url = 'https://acme.test/authorize?a=1&b=$(reboot)'
  expect(openerOf('linux', url)).toEqual(['xdg-open', [url]])
  expect(openerOf('darwin', url)).toEqual(['open', [url]])
  expect(openerOf('win32', url)).toEqual(['rundll32', ['url.dll,FileProtocolHandler', url]])
})

test('a stand-in gets what is meant for others, by host, and nothing that is on this machine anyway', async () => {
  const seen: string[] = []
  const { fetch, address } = standIn({ LATCHKEY_STAND_IN: 'http://127.0.0.1:4000/' }, async (input, init) => {
    const request = new Request(input, init)
    seen.push(`${request.method} ${request.url} ${await request.text()}`)
    return new Response()
  })
  await fetch('https://slack.test/api/x?y=1', { method: 'POST', body: 'b' })
  await fetch(new Request('https://slack.test:8443/z', { method: 'PUT', body: 'c' }))
  expect(seen).toEqual([
    'POST http://127.0.0.1:4000/slack.test/api/x?y=1 b',
    'PUT http://127.0.0.1:4000/slack.test:8443/z c',
  ])
  expect(address('http://127.0.0.1:9/a')).toBe('http://127.0.0.1:9/a')
  expect(address('http://localhost:9/a')).toBe('http://localhost:9/a')
  expect(standIn({}, globalThis.fetch).address('https://slack.test/')).toBe('https://slack.test/')
})

test.each(['https://127.0.0.1:1', 'http://stand-in.test', 'nonsense', 'http://127.0.0.1.evil.test/'])(
  'a stand-in that is not on this machine is refused before anything is sent: %s',
  async (at) => {
    expect(() => standInOf({ LATCHKEY_STAND_IN: at })).toThrow('LATCHKEY_STAND_IN')
    expect(await machine({ env: { LATCHKEY_STAND_IN: at } }).run('list')).toMatchObject({
      code: 2,
      err: 'latchkey: LATCHKEY_STAND_IN is no http URL on this machine.\nUnset it, or name a test server.\n',
    })
  },
)

test('what is left of a wait is told in minutes and seconds, and the line is gone afterwards', () => {
  expect([600_000, 61_001, 9_000, 0, -5].map(timeLeft)).toEqual(['10:00', '1:02', '0:09', '0:00', '0:00'])
  const written: string[] = []
  const output = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  statusLine(output)(() => 'Waiting …')()
  expect(written).toEqual(['\r\u001b[2KWaiting …', '\r\u001b[2K'])
})
