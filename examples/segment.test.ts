import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { network } from '../tools/network.ts'
import segmentBasic from './segment-basic.ts'
import segmentCustom from './segment-custom.ts'
import segmentOAuth2 from './segment-oauth2.ts'

// Counted in Segment's documentation, https://segment.com/docs/partners/destinations/authentication/ (segmentio/
// segment-docs, src/partners/destinations/authentication.md): `authentication` and `destination` of the sections
// "Basic Authentication" and "Custom Authentication", without comments and blank lines.
const original = { basic: 29, custom: 30 }

/** Lines of code, imports among them. */
const linesOf = (file: string): number =>
  readFileSync(new URL(file, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:\/\/|\/\*\*.*\*\/$)/.test(line.trim())).length

test("Segment's basic definition signs in and tests itself, in no more lines than the original", async () => {
  const { fetch, sent } = network(
    ({ headers }) =>
      new Response(null, { status: headers.get('authorization') === 'Basic YWRhOnB3' ? 200 : 401 }),
  )
  const open = (password: string) => connect(segmentBasic, { settings: { username: 'ada', password }, fetch })
  expect(await open('pw').test()).toBeUndefined()
  expect(sent[0]).toMatchObject({ method: 'GET', url: 'https://example.com/api/accounts/me.json' })
  await expect(open('wrong').test()).rejects.toMatchObject({ code: 'credentials_rejected' })
  expect((await open('pw').fetch('https://example.com/api/things')).status).toBe(200)
  expect(linesOf('segment-basic.ts')).toBeLessThanOrEqual(original.basic)
})

test("Segment's custom definition signs in and tests itself, in no more lines than the original", async () => {
  const { fetch, sent } = network(({ headers }) =>
    headers.get('authorization') === 'Bearer k-1'
      ? Response.json({ name: 'Ada' })
      : new Response(null, { status: 401 }),
  )
  const open = (apiKey: string) => connect(segmentCustom, { settings: { subdomain: 'acme', apiKey }, fetch })
  expect(await open('k-1').test()).toBeUndefined()
  expect(sent[0]).toMatchObject({ method: 'GET', url: 'https://acme.example.com/api/accounts/me.json' })
  await expect(open('wrong').test()).rejects.toMatchObject({ code: 'credentials_rejected' })
  expect(await open('k-1').http('things').json()).toEqual({ name: 'Ada' })
  expect(sent[2]).toMatchObject({ url: 'https://acme.example.com/api/things' })
  expect(linesOf('segment-custom.ts')).toBeLessThanOrEqual(original.custom)
})

test("Segment's OAuth definition tests itself, refreshes with the client, and signs in", async () => {
  const { fetch, sent } = network(({ url, headers, body }) => {
    if (url === 'https://acme.example.com/api/oauth2/token') {
      const isRight =
        body === 'refresh_token=r-1&client_id=c-1&client_secret=c4n4ry-secret&grant_type=refresh_token'
      return Response.json(isRight ? { access_token: 'a-2' } : {}, { status: isRight ? 200 : 400 })
    }
    return headers.get('authorization') === 'Bearer a-2'
      ? Response.json({ name: 'Ada' })
      : new Response(null, { status: 401 })
  })
  const connection = connect(segmentOAuth2, {
    settings: { subdomain: 'acme', clientId: 'c-1', clientSecret: 'c4n4ry-secret' },
    // Earned elsewhere: at Segment, by its own service.
    credentials: { accessToken: 'a-1', refreshToken: 'r-1' },
    fetch,
  })
  expect(await connection.test()).toEqual({ id: undefined, label: 'Ada' })
  expect(sent.map(({ url }) => url)).toEqual([
    'https://www.example.com/oauth2/v3/userinfo',
    'https://acme.example.com/api/oauth2/token',
    'https://www.example.com/oauth2/v3/userinfo',
  ])
  expect((await connection.fetch('https://acme.example.com/api/things')).status).toBe(200)
  expect(sent.length).toBe(4)
})
