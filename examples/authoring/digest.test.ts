import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { parseChallenges } from '@latchkey/core/http'
import { testStrategy, type SeenRequest } from '@latchkey/testing'
import { network } from '../../tools/network.ts'
import { minimalDigest } from './digest.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const settings = { username: 'ada-canary-1', password: 'password-canary-2' }

const accepts = (
  { method, url, headers }: Pick<SeenRequest, 'method' | 'url' | 'headers'>,
  given = settings,
): boolean => {
  const [own] = parseChallenges(headers.get('authorization'))
  const { nonce = '', nc = '', cnonce = '', uri = '', response } = own?.params ?? {}
  const [ha1, ha2] = [sha256(`${given.username}:r:${given.password}`), sha256(`${method}:${uri}`)]
  return (
    uri === url.pathname + url.search &&
    own?.params['username'] === given.username &&
    response === sha256(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`)
  )
}

const refuse = (): Response =>
  new Response('refused', {
    status: 401,
    headers: {
      'www-authenticate': 'Basic realm="r", Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256',
    },
  })

test("a third party's Digest takes at most 40 lines, and one request each in steady state", async () => {
  const { fetch, sent } = network(({ method, url, headers }) =>
    accepts({ method, url: new URL(url), headers }) ? new Response('ok') : refuse(),
  )
  const connection = connect(minimalDigest, { settings, origins: ['https://api.example.com'], fetch })
  for (const path of ['one', 'two?x=1'])
    expect((await connection.fetch(`https://api.example.com/${path}`)).status).toBe(200)
  expect(sent).toHaveLength(3)
  const code = readFileSync(new URL('digest.ts', import.meta.url), 'utf8')
  const lines = code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('/**'))
  expect(lines.length).toBeLessThanOrEqual(40)
})

testStrategy(
  minimalDigest,
  { settings, refuse, accepts: (request, side) => accepts(request, side.settings) },
  { test, expect },
)
