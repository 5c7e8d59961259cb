import { expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { lint } from '../../src/lint/lint.ts'
import { machine } from '../support.ts'
import { manifest } from '../definition/manifest.ts'
import { connectorWith, key, short } from './support.ts'

const modules = (connector: object) => ({ modules: { '/work/acme.ts': { default: connector } } })

test('lint names each finding with its code, its place and what to do, and ends by what it found', async () => {
  const warned = machine(modules(connectorWith({ description: undefined })))
  expect(await warned.run('lint', './acme.ts')).toEqual({
    code: 0,
    out:
      'warning no-description at description: Nothing says what this API is for. Add a description for the people who choose it.\n' +
      'acme: 0 errors, 1 warning.\n',
    err: '',
  })
  expect(await warned.run('lint', './acme.ts', '--strict')).toMatchObject({ code: 14 })
  const wrong = machine(modules(connectorWith({}, { key: { ...key, public: true } })))
  expect(await wrong.run('lint', './acme.ts')).toMatchObject({ code: 14 })
  expect(await machine(modules(connectorWith())).run('lint', './acme.ts', '--strict')).toEqual({
    code: 0,
    out: 'acme: 0 errors, 0 warnings.\n',
    err: '',
  })
})

test('lint --json says the same for scripts', async () => {
  const at = machine(modules(connectorWith({ description: undefined })))
  expect(JSON.parse((await at.run('lint', './acme.ts', '--json')).out)).toEqual({
    connector: 'acme',
    errors: 0,
    warnings: 1,
    findings: [
      {
        code: 'no-description',
        severity: 'warning',
        at: 'description',
        message: 'Nothing says what this API is for. Add a description for the people who choose it.',
      },
    ],
  })
})

test('a definition is looked at as a connector is', async () => {
  const at = machine({ files: new Map([['/work/manifest.yaml', manifest()]]) })
  const { code, out } = await at.run('lint', './manifest.yaml')
  expect([code, out.split('\n').at(-2)]).toEqual([0, 'acme: 0 errors, 2 warnings.'])
})

test('what no value can mend is found by import and lint, before anybody connects', async () => {
  const text = manifest().replace("['api_key'] }}", "['api_key'] | bas64encode }}")
  const at = machine({ files: new Map([['/work/manifest.yaml', text]]) })
  const problem =
    'streams[0].retriever.requester.authenticator.authenticators.key.api_token: the template has the filter bas64encode, which is not known here.'
  expect((await at.run('import', './manifest.yaml')).out).toContain(
    `Warnings\n  the definition: ${problem}\n`,
  )
  expect((await at.run('lint', './manifest.yaml')).out).toContain(
    `warning definition at the definition: ${problem}\n`,
  )
})

const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url))
const files = readdirSync(examples).filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file))

test.each(files)('examples/%s has no error', async (file) => {
  const exported = (await import(`${examples}${file}`)) as Readonly<Record<string, unknown>>
  const text = readFileSync(`${examples}${file}`, 'utf8')
  for (const value of Object.values(exported)) {
    if (typeof value !== 'object' || value === null || !('auth' in value) || !('key' in value)) continue
    const findings = await lint(value as never, { text })
    expect(findings.filter(({ severity }) => severity === 'error').map(short)).toEqual([])
  }
})
