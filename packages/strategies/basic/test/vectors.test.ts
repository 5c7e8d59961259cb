import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { basic } from '@latchkey/basic'
import { network } from '../../../../tools/network.ts'

interface Row {
  readonly id: string
  readonly username: string
  readonly password: string
  readonly charset?: 'utf-8' | 'iso-8859-1'
  readonly authorization: string
}

const vectors = JSON.parse(readFileSync(new URL('vectors/basic.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Row[]
  readonly reject: readonly Row[]
}

const origins = ['https://api.example.com']

/** Both parts may be empty here, as the vectors have them. */
const strategyFor = ({ charset }: Row) =>
  basic({
    charset: charset === 'iso-8859-1' ? 'latin-1' : 'utf-8',
    fields: { username: { required: false }, password: { required: false } },
  })

test.each(vectors.cases.map((row) => [row.id, row] as const))(
  '%s gives the published header',
  async (_, row) => {
    const { fetch, sent } = network()
    const { username, password } = row
    await connect(strategyFor(row), { settings: { username, password }, origins, fetch }).fetch(
      'https://api.example.com',
    )
    expect(sent[0]!.headers.get('authorization')).toBe(row.authorization)
  },
)

test.each(vectors.reject.map((row) => [row.id, row] as const))(
  '%s is refused at validation and at use',
  (_, row) => {
    const { username, password } = row
    const field = row.id === 'colon-in-username' || row.id === 'ctl-nul' ? 'username' : 'password'
    const headers = new Headers()
    const uses = [
      () => connect(strategyFor(row), { settings: { username, password }, origins }),
      () => strategyFor(row).apply({ headers } as never, { settings: { username, password } } as never),
    ]
    for (const use of uses) {
      expect(thrownBy(use)).toMatchObject({ code: 'settings_invalid', remedy: 'settings', field })
    }
    expect([...headers]).toEqual([])
  },
)

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
