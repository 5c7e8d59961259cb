import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { machine, type World } from '../support.ts'

const stream = (name: string, token: string): string => `
  - type: DeclarativeStream
    name: ${name}
    retriever:
      type: SimpleRetriever
      requester:
        type: HttpRequester
        url_base: https://api.acme.test
        path: /${name}
        authenticator: { type: BearerAuthenticator, api_token: "{{ config['${token}'] }}" }
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [] } }
    schema_loader: { type: InlineSchemaLoader, schema: {} }
`
const manifest = (second: string): string => `
version: 6.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [a] }
streams: ${stream('a', 'one')}${stream('b', second)}
spec:
  type: Spec
  connection_specification:
    type: object
    properties:
      one: { type: string, airbyte_secret: true }
      two: { type: string, airbyte_secret: true }
`
const [a, b] = [0, 1].map((at) => `streams[${at}].retriever.requester.authenticator`) as [string, string]
const both = ['--link', a, '--link', b]
const here = (second: string, world: World = {}) =>
  machine({ files: new Map([['/work/m.yaml', manifest(second)]]), ...world })
type Parsed = {
  readonly streams: readonly {
    readonly retriever: { readonly requester: { readonly authenticator: unknown } }
  }[]
}
const authenticators = (text: string): unknown[] =>
  (parse(text) as Parsed).streams.map(({ retriever }) => retriever.requester.authenticator)
const reference = { $ref: '#/definitions/linked/HttpRequester/authenticator' }

test('import lists the authenticators with the places that share them', async () => {
  const { out } = await here('two').run('import', './m.yaml', '--json')
  expect((JSON.parse(out) as { authenticators: unknown }).authenticators).toEqual([
    { type: 'BearerAuthenticator', paths: [a] },
    { type: 'BearerAuthenticator', paths: [b] },
  ])
  expect((await here('two').run('import', './m.yaml')).out).toContain(
    `\nAuthenticators\n  BearerAuthenticator  ${a}\n`,
  )
})

test('--link makes one of equal ones, in a manifest of its own', async () => {
  const at = here('one')
  expect(await at.run('import', './m.yaml', ...both, '--out', 'linked.yaml')).toEqual({
    code: 0,
    out: 'Wrote /work/linked.yaml.\n',
    err: '',
  })
  expect(authenticators(at.files.get('/work/linked.yaml') ?? '')).toEqual([reference, reference])
  expect(at.files.get('/work/m.yaml')).toBe(manifest('one'))
  const again = await at.run('import', './linked.yaml', '--unlink', b)
  expect(authenticators(again.out)).toEqual([
    reference,
    { type: 'BearerAuthenticator', api_token: "{{ config['one'] }}" },
  ])
})

test('where they differ, a person chooses, a script says --keep', async () => {
  expect(await here('two').run('import', './m.yaml', ...both)).toEqual({
    code: 2,
    out: '',
    err: 'latchkey: --link: these authenticators differ in api_token.\nSay whose values to keep: --keep PATH.\n',
  })
  const kept = await here('two').run('import', './m.yaml', ...both, '--keep', b)
  expect(authenticators(kept.out)).toEqual([reference, reference])
  expect(kept.out).toContain("config['two']")
  expect(kept.out).not.toContain("config['one']")
  const log: string[] = []
  const answers = { 'They differ in api_token. Keep the values of': a }
  const asked = await here('two', { person: { answers, log } }).run('import', './m.yaml', ...both)
  expect(asked.out).not.toContain("config['two']")
  expect(log).toEqual([
    `select: They differ in api_token. Keep the values of: ${a}=${a} (api_token: "{{ config['one'] }}"), ${b}=${b} (api_token: "{{ config['two'] }}")`,
  ])
})

test('a place that is none, one place, and another system are refused', async () => {
  expect(await here('one').run('import', './m.yaml', '--link', a)).toMatchObject({ code: 2 })
  expect(await here('one').run('import', './m.yaml', '--unlink', 'streams[9]')).toMatchObject({ code: 14 })
  expect(await here('one').run('import', './m.yaml', '--unlink', a, '--out', 'x.ts')).toMatchObject({
    code: 2,
  })
})
