import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { bearer } from '@latchkey/bearer'
import { connect } from '@latchkey/core'
import { testStrategy } from '@latchkey/testing'
import { delegate } from './delegate.ts'

const token = 'token-canary-1'
const origins = ['https://api.latchkey.test', 'https://files.latchkey.test']
const other = connect(bearer(), { settings: { token }, origins })

test('a strategy that signs through another connection takes at most 14 lines', () => {
  const code = readFileSync(new URL('delegate.ts', import.meta.url), 'utf8')
  const lines = code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('/**'))
  expect(lines.length).toBeLessThanOrEqual(14)
})

testStrategy(
  delegate(async () => other),
  { settings: {}, accepts: ({ headers }) => headers.get('authorization') === `Bearer ${token}` },
  { test, expect },
)
