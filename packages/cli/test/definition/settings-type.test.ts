import { expect, test } from '@jest/globals'
import { options, type AuthStrategy, type Fields } from '@latchkey/core'
import { errorsIn } from '../../../../tools/docs.ts'
import { literal, settingsType } from '../../src/generate/settings-type.ts'
import { root } from '../process/command.ts'

const strategy = (fields: Fields): AuthStrategy => ({ scheme: 'x', fields, apply: () => undefined })
const errors = (code: string): string[] =>
  errorsIn([{ page: `${root}/packages/cli/test/definition/written.md`, given: '', code }], root)

test('what a stranger wrote stays text and comment, whatever is in it', () => {
  const hostile = `*/ process.exit(1) /* ' " \\ \n \u2028 \${x} \``
  const type = settingsType(
    strategy({
      [hostile]: { type: 'string', label: hostile, description: hostile, required: true, choices: [hostile] },
    }),
  )
  const text = literal(hostile)
  expect(text.startsWith("'") && text.endsWith("'")).toBe(true)
  const code = `type Settings = ${type}\nexport const settings: Settings = { ${text}: ${text} }\nconst same: ${text} = ${JSON.stringify(hostile)}\nexport { same }`
  expect(errors(code)).toEqual([])
}, 60_000)

test('each way is an object of its own; what a condition or a default decides is optional', () => {
  const auth = options(
    {
      a: strategy({
        n: { type: 'number', label: 'N', required: true },
        when: { type: 'string', label: 'W', required: true, when: { field: 'n', is: 1 } },
      }),
      b: strategy({ s: { type: 'string', label: 'S', required: true, default: 'x', owner: 'app' } }),
    },
    { fields: { common: { type: 'boolean', label: 'C', public: true } } },
  )
  expect(settingsType(auth)).toBe(`{
  readonly 'option': 'a'
  /** C */
  readonly 'common'?: boolean | undefined
  /** N Secret. */
  readonly 'n': number
  /** W Secret. */
  readonly 'when'?: string | undefined
} | {
  readonly 'option': 'b'
  /** C */
  readonly 'common'?: boolean | undefined
  /** S Secret. Of the operator. */
  readonly 's'?: string | undefined
}`)
  expect(settingsType(strategy({}))).toBe('{}')
})
