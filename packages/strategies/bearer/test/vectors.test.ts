import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { bearer } from '@latchkey/bearer'
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

describe('every row of header-values.json', () => {
  const auth = bearer()
  const open = (token: string) => connect(auth, { settings: { token }, origins: ['https://api.example.com'] })

  test.each(values.map((row) => [row.id, row] as const))('%s', (id, row) => {
    const token = row.value === 'x*65536' ? 'x'.repeat(65_536) : row.value
    const headers = new Headers()
    const apply = () => auth.apply({ headers } as never, { settings: { token } } as never)
    if (id === 'plain') {
      open(token)
      void apply()
      expect([...headers]).toEqual([['authorization', `Bearer ${token}`]])
      return
    }
    for (const use of [() => open(token), apply]) {
      const refused = thrownBy(use) as AuthError
      expect(refused).toMatchObject({ name: 'AuthError', code: 'settings_invalid', field: 'token' })
      expect(refused.message).not.toContain(token)
      expect([...headers]).toEqual([])
    }
  })
})

test.each(names)('every row of header-names.json at construction: $name', ({ name, expect: said }) => {
  const make = () => bearer({ header: name })
  if (said === 'allow') expect(make().scheme).toBe('bearer')
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
