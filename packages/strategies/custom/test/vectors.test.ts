import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { connect, type AuthError } from '@latchkey/core'
import { custom } from '@latchkey/custom'
import { network } from '../../../../tools/network.ts'
import { thrownBy } from './support.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly value: string
  readonly expect: string
}

const read = (name: string): readonly Row[] =>
  (JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')) as { cases: Row[] })
    .cases

const origins = ['https://api.example.com']
const label = { type: 'string', label: 'Subdomain', required: true } as const
const key = { type: 'password', label: 'Key', required: true } as const

describe('every row of hostile-subdomains.json', () => {
  const template = custom({
    fields: { subdomain: label },
    request: { prefixUrl: 'https://{subdomain}.example.com/api/v1' },
  })
  const computed = custom({
    fields: { subdomain: label },
    origins: ['https://*.example.com'],
    extendRequest: ({ settings }) => ({ prefixUrl: `https://${settings.subdomain}.example.com/api/v1` }),
  })
  const asked = { ...computed, fields: { subdomain: { ...label, format: 'subdomain' } } } as typeof computed

  test.each(read('hostile-subdomains').map((row) => [JSON.stringify(row.value), row] as const))(
    '%s',
    async (_, row) => {
      const settings = { subdomain: row.value }
      if (row.expect === 'accept') {
        for (const auth of [template, computed, asked]) {
          const { fetch, sent } = network()
          await connect(auth, { settings, fetch }).fetch('/me')
          expect(sent[0]!.url).toBe(`https://${row.value.toLowerCase()}.example.com/api/v1/me`)
        }
        return
      }
      // At validation: by the place that the template gives it, or by the format that a function's author gives.
      for (const auth of [template, asked]) {
        expect(thrownBy(() => connect(auth, { settings }))).toMatchObject({
          code: 'settings_invalid',
          field: 'subdomain',
        })
      }
      // At use: a computed base URL, whose field says nothing.
      const { fetch, sent } = network()
      const use = async () => connect(computed, { settings, fetch }).fetch('/me')
      const refused = (await use().catch((error: unknown) => error)) as AuthError
      expect(['origin_forbidden', 'settings_invalid']).toContain(refused.code)
      expect(sent).toEqual([])
    },
  )
})

describe('every row of header-values.json', () => {
  const template = custom({ fields: { key }, request: { headers: { 'x-key': 'v={key}' } } })
  const computed = custom({
    fields: { key },
    extendRequest: ({ settings }) => ({ headers: { 'x-key': `v=${settings.key}` } }),
  })

  test.each(read('header-values').map((row) => [row.id, row] as const))('%s', (id, row) => {
    const value = row.value === 'x*65536' ? 'x'.repeat(65_536) : row.value
    const ok = id === 'plain' || id === 'leading Bearer'
    for (const auth of [template, computed]) {
      const headers = new Headers()
      const request = { method: 'GET', url: new URL('https://api.example.com'), headers, body: null }
      const refused = thrownBy(() =>
        auth.apply(request as never, { settings: { key: value } } as never),
      ) as AuthError
      if (ok) expect([...headers]).toEqual([['x-key', `v=${value}`]])
      else {
        expect(refused).toMatchObject({ code: 'settings_invalid', field: 'key' })
        expect(refused.message).not.toContain(value)
        expect([...headers]).toEqual([])
      }
    }
    const validated = thrownBy(() => connect(template, { settings: { key: value }, origins }))
    expect((validated as AuthError | undefined)?.field).toBe(ok ? undefined : 'key')
  })
})

test.each(read('header-names').map((row) => [JSON.stringify(row.name), row] as const))(
  'header-names.json: %s',
  async (_, row) => {
    const make = () => custom({ fields: {}, request: { headers: { [row.name]: 'v' } } })
    const computed = custom({ fields: {}, extendRequest: () => ({ headers: { [row.name]: 'v' } }) })
    const { fetch, sent } = network()
    const call = connect(computed, { settings: {}, origins, fetch }).fetch('https://api.example.com/')
    if (row.expect === 'allow') {
      make()
      await call
      expect(sent[0]!.headers.get(row.name)).toBe('v')
      return
    }
    expect(thrownBy(make)).toBeInstanceOf(TypeError)
    await expect(call).rejects.toMatchObject({ code: 'definition_invalid' })
    expect(sent).toEqual([])
  },
)
