import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { network } from '../tools/network.ts'
import segmentBasic from './segment-basic.ts'
import segmentCustom from './segment-custom.ts'

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
