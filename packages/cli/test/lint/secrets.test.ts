import { expect, test } from '@jest/globals'
import { connectorWith, definitionOf, found, key } from './support.ts'

/** Put together here, so that nobody's scanner takes this file for a leak. */
const join = (...parts: readonly string[]): string => parts.join('')
const random = join('q7Zp2', 'Xk9vR4', 'tL0sB8')
const secrets: readonly string[] = [
  join('sk_', 'live_', '4eC39HqLyjWDarjtT1zdp7dc'),
  join('gh', 'p_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'),
  join('xox', 'b-', '123456789012-abcdefghijkl'),
  join('AK', 'IA', 'IOSFODNN7EXAMPLE'),
  join('AI', 'za', 'SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q'),
  join('-----BEGIN ', 'PRIVATE KEY-----', '\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ'),
  join('eyJ', 'hbGciOiJIUzI1NiJ9.', 'eyJ', 'zdWIiOiIxMjM0NTY3ODkwIn0.', 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'),
]

test.each(secrets.map((secret, at) => [at, secret]))(
  'a secret with a known form is found wherever it stands (%i)',
  async (_, secret) => {
    const content = { streams: [{ header: `Key ${String(secret)}` }] }
    expect(await found(connectorWith(), { definition: definitionOf(content) })).toEqual([
      'error literal-secret at streams[0].header',
    ])
  },
)

test('a random text under the name of a secret is one', async () => {
  const content = {
    auth: { client_secret: random, api_token: `{{ config['x'] }}`, client_id: random, password: 'changeme' },
  }
  expect(await found(connectorWith(), { definition: definitionOf(content) })).toEqual([
    'error literal-secret at auth.client_secret',
  ])
})

test('what is written for people is no secret', async () => {
  const content = {
    spec: { description: secrets[0], examples: [random], properties: { api_key: { title: random } } },
  }
  expect(await found(connectorWith(), { definition: definitionOf(content) })).toEqual([])
})

test('a default of a secret field is written down for all', async () => {
  const withDefault = (value: string) => connectorWith({}, { key: { ...key, default: value } as never })
  expect(await found(withDefault(random))).toEqual(['error literal-secret at key'])
  expect(await found(withDefault('none'))).toEqual([])
})

test('a module is looked through line by line', async () => {
  const text = `import x from 'y'\nconst clientSecret = '${random}'\nconst scope = '${random}'\nawait send('${secrets[0] ?? ''}')\n`
  expect(await found(connectorWith(), { text })).toEqual([
    'error literal-secret at line 2',
    'error literal-secret at line 4',
  ])
})

test('no finding repeats the secret', async () => {
  const { lint } = await import('../../src/lint/lint.ts')
  const findings = await lint(connectorWith(), { text: `const apiKey = '${random}'` })
  expect(JSON.stringify(findings)).not.toContain(random)
})
