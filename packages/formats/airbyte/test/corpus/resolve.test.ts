import { expect, test } from '@jest/globals'
import { isObject, type JsonObject } from '@latchkey/core/definition'
import { missing } from '../../../../../tools/needs.ts'
import { authenticatorsOf, resolveManifest, sameAuthenticator } from '../../src/resolve/index.ts'
import { absence, manifestNames, manifestOf, tableOf } from './corpus.ts'

interface Row {
  readonly authenticator: JsonObject
  readonly context: string
  readonly first_path: string
  uses: number
}

/** Where the table says less than the file, and why. Each is the same authenticator nevertheless. */
const explained: Readonly<Record<string, string>> = {
  'source-coinmarketcap':
    'the file writes name, path and primary_key into the authenticator, where they mean nothing',
  'source-lemlist': 'the file writes request_parameters into the authenticator, where they mean nothing',
  'source-lever-hiring':
    'the file writes the name of a stream into each authenticator, where it means nothing',
  'source-pexels-api': 'the file writes name and path into the authenticator, where they mean nothing',
}

/** The distinct authenticators of the requests of all streams; the table passes over those that only load a schema. */
function rowsOf(resolved: JsonObject): Row[] {
  const rows: Row[] = []
  const add = (authenticator: JsonObject, context: string, path: string): void => {
    const known = rows.find(
      (row) => row.context === context && sameAuthenticator(row.authenticator, authenticator),
    )
    if (known) known.uses++
    else rows.push({ authenticator, context, first_path: path, uses: 1 })
  }
  const walk = (value: unknown, path: string, context: string): void => {
    if (Array.isArray(value)) value.forEach((item, index) => walk(item, `${path}/${index}`, context))
    if (!isObject(value)) return
    const { type } = value
    const isAuth = typeof type === 'string' && (/Authenticator$/.test(type) || type === 'NoAuth')
    if (isAuth) add(value, context, path)
    for (const [name, item] of Object.entries(value)) {
      if (name !== '$parameters' && name !== 'schema_loader')
        walk(item, `${path}/${name}`, isAuth ? contextOf(type, name) : context)
    }
  }
  for (const kind of ['streams', 'dynamic_streams']) walk(resolved[kind], kind, 'stream')
  return rows
}

function contextOf(type: string, member: string): string {
  if (type === 'SelectiveAuthenticator') return 'selective'
  if (member === 'login_requester') return 'login'
  return member === 'profile_assertion' ? 'profile_assertion' : 'in_custom'
}

const withoutParameters = (value: JsonObject): unknown =>
  JSON.parse(JSON.stringify(value, (name, item: unknown) => (name === '$parameters' ? undefined : item)))

if (absence !== undefined) {
  missing("Airbyte's manifests", absence)
} else {
  const table = tableOf('authenticators') as Record<string, Row[]>

  test('the table speaks of every manifest', () => {
    expect(Object.keys(table).sort()).toEqual(manifestNames)
    expect(manifestNames.length).toBeGreaterThan(200)
  })

  test.each(manifestNames)('%s has the authenticators of the table', (name) => {
    const resolved = resolveManifest(manifestOf(name))
    const rows = rowsOf(resolved).map((row) => ({
      ...row,
      authenticator: withoutParameters(row.authenticator),
    }))
    const expected = table[name] ?? []
    if (Object.hasOwn(explained, name)) {
      expect(rows).not.toEqual(expected)
      expect(rows.map(({ context, first_path, uses }) => [context, first_path, uses])).toEqual(
        expected.map(({ context, first_path, uses }) => [context, first_path, uses]),
      )
      expect(rows.every((row, at) => sameAuthenticator(row.authenticator, expected[at]?.authenticator))).toBe(
        true,
      )
    } else expect(rows).toEqual(expected)

    const used = authenticatorsOf(resolved).map(({ authenticator }) => authenticator)
    const lost = expected.filter(
      ({ context, authenticator }) =>
        context === 'stream' && !used.some((each) => sameAuthenticator(each, authenticator)),
    )
    expect(lost).toEqual([])
  })
}
