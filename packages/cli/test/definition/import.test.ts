import { expect, test } from '@jest/globals'
import { errorsIn } from '../../../../tools/docs.ts'
import { root } from '../process/command.ts'
import { machine } from '../support.ts'
import { manifest } from './manifest.ts'

const here = () => machine({ files: new Map([['/work/manifest.yaml', manifest()]]) })

test('import says what a definition needs and does', async () => {
  const { code, out } = await here().run('import', './manifest.yaml')
  expect(code).toBe(0)
  expect(out).toBe(`Acme (acme), written for Airbyte
https://acme.test/docs

In any case
  region  Region  required, by the user

key: API key
  scheme   api-key
  hosts    https://api.acme.test/v1, https://api.acme.test
  sends    header x-api-key
  consent  none
  renewal  nothing to renew
  test     yes
  ends     here only
  credentials.api_key  API key  required, by the user, secret

login: Password
  scheme   basic
  hosts    https://api.acme.test/v1, https://api.acme.test
  sends    header authorization: Basic •••
  consent  none
  renewal  nothing to renew
  test     yes
  ends     here only
  credentials.user      User      required, by the user
  credentials.password  Password  required, by the user, secret
`)
})

test('import --json says the same for scripts', async () => {
  const { out } = await here().run('import', './manifest.yaml', '--json')
  const description = JSON.parse(out) as { format: string; ways: object[] }
  expect([description.format, description.ways[0]]).toEqual([
    'airbyte',
    {
      option: 'key',
      title: 'API key',
      scheme: 'api-key',
      fields: [
        { name: 'region', label: 'Region', type: 'string', secret: false, by: 'user', required: true },
        {
          name: 'credentials.api_key',
          label: 'API key',
          type: 'password',
          secret: true,
          by: 'user',
          required: true,
        },
      ],
      places: ['header x-api-key'],
      consentUrl: null,
      consent: false,
      renewal: 'nothing to renew',
      test: true,
      revoke: false,
      hosts: ['https://api.acme.test/v1', 'https://api.acme.test'],
    },
  ])
})

test('--out writes a typed module beside the definition, once', async () => {
  const at = here()
  expect(await at.run('import', './manifest.yaml', '--out', 'connectors/acme.ts')).toEqual({
    code: 0,
    out: 'Wrote /work/connectors/acme.ts. Try it: latchkey connect ./connectors/acme.ts\n',
    err: '',
  })
  const code = at.files.get('/work/connectors/acme.ts') ?? ''
  expect(code).toContain("const imported = fromAirbyte(read('../manifest.yaml'))\n")
  const use = `
    import { connect } from '@latchkey/core'
    connect(connector, { settings: { 'credentials.auth_type': 'key', region: 'eu', 'credentials.api_key': 'k' } })
    // @ts-expect-error -- a region that there is not
    connect(connector, { settings: { 'credentials.auth_type': 'key', region: 'x', 'credentials.api_key': 'k' } })
    // @ts-expect-error -- the password is missing
    connect(connector, { settings: { 'credentials.auth_type': 'login', region: 'eu', 'credentials.user': 'u' } })
  `
  const page = `${root}/packages/cli/test/definition/written.md`
  expect(errorsIn([{ page, given: '', code: `${code}\n${use}` }], root)).toEqual([])
  expect(await at.run('import', './manifest.yaml', '--out', 'connectors/acme.ts')).toMatchObject({
    code: 2,
    err: 'latchkey: There is already a file /work/connectors/acme.ts.\nRemove it, or write to another.\n',
  })
}, 60_000)

test('what is a connector already needs no import, and --out must be TypeScript', async () => {
  expect(await here().run('import', './manifest.yaml', '--out', 'a.js')).toMatchObject({ code: 2 })
  const at = machine({
    modules: {
      '/work/acme.ts': { default: { key: 'a', name: 'A', auth: { fields: {}, apply: () => undefined } } },
    },
  })
  expect(await at.run('import', './acme.ts')).toMatchObject({
    code: 2,
    err: 'latchkey: ./acme.ts is a connector already.\nUse it as it is: latchkey connect.\n',
  })
})
