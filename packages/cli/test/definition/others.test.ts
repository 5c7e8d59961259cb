import { expect, test } from '@jest/globals'
import { errorsIn } from '../../../../tools/docs.ts'
import { root } from '../process/command.ts'
import { api, machine } from '../support.ts'

const canary = 'c4n4ry-s3cr3t-0003'
const guarded = () =>
  api(({ headers }) =>
    Response.json({ ok: true }, { status: headers['authorization'] === `Bearer ${canary}` ? 200 : 401 }),
  )
/** Compiles as a module of this folder, whose own import of a definition leads nowhere. */
const compiles = (code: string): string[] =>
  errorsIn([{ page: `${root}/packages/cli/test/definition/written.md`, given: '', code }], root)

const destination = {
  name: 'Acme',
  slug: 'acme',
  authentication: {
    scheme: 'custom',
    fields: {
      apiKey: { label: 'API key', description: 'From the settings', type: 'password', required: true },
    },
    testAuthentication: (request: (url: string) => unknown) => request('https://api.acme.test/v1/me'),
  },
  extendRequest: ({ settings }: { settings: { apiKey: string } }) => ({
    prefixUrl: 'https://api.acme.test/v1',
    headers: { authorization: `Bearer ${settings.apiKey}` },
  }),
}

test('a destination that a module exports is connected as a connector is', async () => {
  const { fetch, seen } = guarded()
  const modules = { '/work/acme.ts': { default: destination } }
  const at = machine({ modules, fetch, stdin: JSON.stringify({ apiKey: canary }) })
  expect(await at.run('connect', './acme.ts', '--stdin')).toEqual({
    code: 0,
    out: 'Connected acme.\n',
    err: '',
  })
  expect(seen.map(({ url }) => url)).toEqual(['https://api.acme.test/v1/me'])
  expect(await at.run('import', './acme.ts', '--json')).toMatchObject({ code: 0 })
  await at.run('import', './acme.ts', '--out', 'out.ts', '--origin', 'https://api.acme.test')
  const code = at.files.get('/work/out.ts') ?? ''
  expect(code).toContain(`import { default as destination } from './acme.ts'`)
  expect(code).toContain(`fromSegment(destination, { origins: ['https://api.acme.test'] })`)
  expect(code).toMatch(/readonly 'apiKey': string\n/)
})

const spec = `
auth:
  type: client-credentials
  inputSchema:
    type: object
    required: [apiKey]
    properties:
      apiKey: { type: string, title: API key, format: password }
  makeApiClient: { implementationType: mapping }
  test: { implementationType: rest-api-mapping }
`
const files = {
  '/work/acme/spec.yml': spec,
  '/work/acme/auth/make-api-client.map.yml': `
baseUri: https://api.acme.test/v1
headers: { Authorization: { $template: 'Bearer \${credentials.apiKey}' } }
`,
  '/work/acme/auth/test.rest.yml': '{ path: /me, method: GET }',
}

test('a folder of Membrane’s is connected as it is', async () => {
  const { fetch, seen } = guarded()
  const at = machine({
    files: new Map(Object.entries(files)),
    fetch,
    stdin: JSON.stringify({ apiKey: canary }),
  })
  expect(await at.run('connect', './acme', '--stdin', '--as', 'acme')).toEqual({
    code: 0,
    out: 'Connected acme.\n',
    err: '',
  })
  expect(seen.map(({ url }) => url)).toEqual(['https://api.acme.test/v1/me'])
  await at.run('import', './acme', '--out', 'out.ts')
  const code = at.files.get('/work/out.ts') ?? ''
  expect(code).toContain(`  'auth/test.rest.yml': read('./acme/auth/test.rest.yml'),\n`)
  expect(code).toContain(`fromMembrane(read('./acme/spec.yml'), { files })`)
  expect(compiles(code)).toEqual([])
  expect(at.printed()).not.toContain(canary)
}, 60_000)
