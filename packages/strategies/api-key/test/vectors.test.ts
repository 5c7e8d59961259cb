import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { apiKey } from '@latchkey/api-key'
import type { AuthError } from '@latchkey/core'
import { connect } from '@latchkey/core'

const read = (name: string): { readonly cases: readonly Row[] } =>
  JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')) as never

const values = read('header-values').cases
const names = read('header-names').cases

interface Row {
  readonly id: string
  readonly name: string
  readonly value: string
  readonly expect: string
}

/** A row that is about bearer's own prefix is an ordinary key here. */
const accepted = new Set(['plain', 'leading Bearer'])

describe.each(['header', 'cookie'] as const)('every row of header-values.json in a %s', (place) => {
  const auth = apiKey({ in: place, name: 'x-api-key' })
  const open = (apiKeyValue: string) =>
    connect(auth, { settings: { apiKey: apiKeyValue }, origins: ['https://api.example.com'] })

  test.each(values.map((row) => [row.id, row] as const))('%s', (id, row) => {
    const value = row.value === 'x*65536' ? 'x'.repeat(65_536) : row.value
    const ok = accepted.has(id) && (place === 'header' || !value.includes(' '))
    const headers = new Headers()
    const apply = () =>
      auth.apply(
        { method: 'GET', url: new URL('https://a.example'), headers } as never,
        { settings: { apiKey: value } } as never,
      )
    if (ok) {
      open(value)
      void apply()
      expect(headers.get(place === 'header' ? 'x-api-key' : 'cookie')).toBe(
        place === 'header' ? value : `x-api-key=${value}`,
      )
      return
    }
    for (const use of [() => open(value), apply]) {
      const refused = thrownBy(use) as AuthError
      expect(refused).toMatchObject({ name: 'AuthError', code: 'settings_invalid', field: 'apiKey' })
      expect(refused.message).not.toContain(value)
      expect([...headers]).toEqual([])
    }
  })
})

test.each(names)('every row of header-names.json at construction: $name', ({ name, expect: said }) => {
  const make = () => apiKey({ in: 'header', name })
  if (said === 'allow') expect(make().scheme).toBe('api-key')
  else expect(make).toThrow(TypeError)
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
