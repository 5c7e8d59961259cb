import { isAuthError } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { evaluateUrl, hostChosenBy, renderPath, type UrlOptions } from '../../src/formula/index.ts'

const url = (value: unknown, input: object, options: UrlOptions = {}): string =>
  evaluateUrl(value, { connectionInput: input, credentials: input }, 'baseUri', options)

const problemOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return isAuthError(error) ? `${error.code}: ${error.message}` : error
  }
}

const sub = { $var: 'connectionInput.sub' }
const zoned: readonly (readonly [name: string, value: unknown])[] = [
  ['$concat', { $concat: ['https://', sub, '.example.com/v1'] }],
  [
    '$concat with a delimiter',
    { $concat: { values: [{ $concat: ['https://', sub] }, 'example', 'com/v1'], delimiter: '.' } },
  ],
  ['$tpl', { $tpl: { template: 'https://{s}.example.com/v1', values: { s: sub } } }],
  ['$template', { $template: 'https://${connectionInput.sub}.example.com/v1' }],
  ['$jsonata', { $jsonata: '"https://" & connectionInput.sub & ".example.com/v1"' }],
  [
    '$case',
    {
      $case: {
        cases: [{ filter: { $eval: 1, is: 2 }, value: 'https://other.example' }],
        default: { $concat: ['https://', sub, '.example.com/v1'] },
      },
    },
  ],
  [
    '$firstNotEmpty',
    { $firstNotEmpty: [{ $var: 'nope' }, { $concat: ['https://', sub, '.example.com/v1'] }] },
  ],
  [
    '$map',
    { $map: { value: 1, mapping: [{ from: 1, to: { $concat: ['https://', sub, '.example.com/v1'] } }] } },
  ],
  [
    'a $jsonata condition',
    { $jsonata: '"https://" & (connectionInput.sub = "" ? "x" : connectionInput.sub) & ".example.com/v1"' },
  ],
]

const hostile = [
  'evil.com',
  'evil.com/',
  'evil.com#',
  'evil.com?',
  'evil.com:443',
  'a@evil.com',
  'evil.com\\',
  '..',
  'a b',
  'x%2eevil',
  '.',
  'a.',
  '-a',
  'a\t',
  'évil',
  'evil。com',
  '//evil.com',
]

test.each(zoned)('a value that %s puts before a zone is one label, and nothing else', (_, value) => {
  expect(url(value, { sub: 'acme' })).toBe('https://acme.example.com/v1')
  for (const typed of hostile)
    expect([typed, problemOf(() => url(value, { sub: typed }))]).toEqual([
      typed,
      'settings_invalid: sub must be one name without dots (letters, digits and hyphens).',
    ])
})

test('a value in a path is a part of one segment, and one in a query stays in the query', () => {
  const value = { $concat: ['https://api.example.com/a/', sub, '/b?x=', sub] }
  expect(url(value, { sub: 'p/q?r&s=#' })).toBe(
    'https://api.example.com/a/p%2Fq%3Fr%26s%3D%23/b?x=p%2Fq%3Fr%26s%3D%23',
  )
  for (const typed of ['..', '.', '%2e%2e', 'a/../b'])
    expect(problemOf(() => url({ $concat: ['https://api.example.com/', sub, '/b'] }, { sub: typed }))).toBe(
      'settings_invalid: sub must be a name that can stand in a path.',
    )
})

test('a value that could become part of the host by lack of a slash is refused', () => {
  const value = { $concat: ['https://api.example.com', sub] }
  for (const typed of ['.evil.com', '@evil.com', ':443@evil.com', '/v1'])
    expect(problemOf(() => url(value, { sub: typed }))).toMatch(/^settings_invalid: sub must be/)
})

test('a whole URL that a user types is a public host under https, and what follows stays behind it', () => {
  const value = { $concat: [{ $var: 'connectionInput.baseUrl' }, '/v1/items'] }
  expect(url(value, { baseUrl: 'https://acme.example/base/' })).toBe('https://acme.example/base/v1/items')
  expect(url({ $var: 'connectionInput.baseUrl' }, { baseUrl: 'https://acme.example:8443' })).toBe(
    'https://acme.example:8443',
  )
  for (const typed of [
    'http://acme.example',
    'ftp://acme.example',
    'acme.example',
    'https://a@acme.example',
    'https://acme.example?x',
    'https://acme.example#x',
    'https://10.0.0.1',
    'https://localhost',
    'https://169.254.169.254',
    'https://[::1]',
    'https://2130706433',
    'javascript:alert(1)',
  ])
    expect([typed, problemOf(() => url(value, { baseUrl: typed }))]).toEqual([
      typed,
      expect.stringMatching(/^settings_invalid: baseUrl must be/),
    ])
})

test('what follows a URL of a user cannot extend its host', () => {
  const value = { $concat: [{ $var: 'connectionInput.baseUrl' }, '.example.com'] }
  expect(problemOf(() => url(value, { baseUrl: 'https://evil' }))).toBe(
    'definition_invalid: baseUri: what follows connectionInput.baseUrl must begin with a slash, so that it cannot become part of the host.',
  )
})

test('where the operator allows it, private hosts and http are reached', () => {
  const value = { $concat: [{ $var: 'connectionInput.baseUrl' }, '/v1'] }
  expect(url(value, { baseUrl: 'http://127.0.0.1:8080' }, { allow: 'loopback' })).toBe(
    'http://127.0.0.1:8080/v1',
  )
  expect(problemOf(() => url(value, { baseUrl: 'http://10.0.0.1' }, { allow: 'loopback' }))).toMatch(
    /^settings_invalid/,
  )
})

test('a host that a user types is a host, and no more', () => {
  const value = { $concat: ['https://', { $var: 'connectionInput.domain' }, '/api'] }
  expect(url(value, { domain: 'acme.example' })).toBe('https://acme.example/api')
  for (const typed of [
    'https://acme.example',
    'acme.example/x',
    'acme.example@evil.com',
    '127.0.0.1',
    'acme.example:1',
  ])
    expect(problemOf(() => url(value, { domain: typed }))).toMatch(/^settings_invalid: domain must be/)
  expect(
    problemOf(() =>
      url({ $concat: ['http://', { $var: 'connectionInput.domain' }] }, { domain: 'a.example' }),
    ),
  ).toBe('definition_invalid: baseUri: a host that a value names must be reached over https.')
})

test('a URL that is spelt out stays as it is written, and must be one', () => {
  expect(url('https://api.example.com/{v1}', {})).toBe('https://api.example.com/{v1}')
  for (const value of [
    '/v1',
    'ftp://x',
    'https://a:b@c.example',
    '',
    null,
    { $var: 'nope' },
    { $concat: [] },
  ])
    expect(problemOf(() => url(value, {}))).toMatch(/^definition_invalid: /)
  expect(problemOf(() => url({ $concat: ['https://', sub, '.example.com'] }, {}))).toBe(
    'settings_invalid: connectionInput.sub is missing (baseUri.$concat[1].$var), and nothing is sent without it: fill it in on the form.',
  )
})

test('two values of one name are told apart', () => {
  const value = {
    $concat: ['https://api.example.com/', { $var: 'connectionInput.id' }, '/', { $var: 'credentials.id' }],
  }
  expect(evaluateUrl(value, { connectionInput: { id: 'a' }, credentials: { id: 'b' } }, 'x')).toBe(
    'https://api.example.com/a/b',
  )
})

test.each<readonly [value: unknown, origins: readonly string[] | undefined, by: readonly string[]]>([
  ['https://api.example.com/v1', ['https://api.example.com'], []],
  [{ $concat: ['https://', sub, '.example.com'] }, ['https://*.example.com'], []],
  [{ $concat: ['https://acme-', sub, '-x.example.com/', sub] }, ['https://*.example.com'], []],
  [{ $template: 'https://api.example.com/${connectionInput.sub}' }, ['https://api.example.com'], []],
  [{ $jsonata: '"https://" & connectionInput.sub & ".example.com"' }, ['https://*.example.com'], []],
  [
    { $jsonata: 'connectionInput.sandbox ? "https://s.example.com" : "https://api.example.com"' },
    ['https://s.example.com', 'https://api.example.com'],
    [],
  ],
  [
    {
      $case: {
        cases: [{ value: 'https://a.example' }],
        default: {
          $map: { value: 1, mapping: [{ from: 1, to: 'https://b.example' }], default: 'https://c.example' },
        },
      },
    },
    ['https://a.example', 'https://b.example', 'https://c.example'],
    [],
  ],
  [
    { $concat: ['https://api', { $case: [{ value: '-eu' }, { value: '' }] }, '.example.com'] },
    ['https://api-eu.example.com', 'https://api.example.com'],
    [],
  ],
  [{ $var: 'connectionInput.baseUrl' }, undefined, ['connectionInput.baseUrl']],
  [
    { $firstNotEmpty: [{ $var: 'credentials.instance_url' }, 'https://api.example.com'] },
    undefined,
    ['credentials.instance_url'],
  ],
  [{ $concat: ['https://', { $var: 'connectionInput.domain' }] }, undefined, ['connectionInput.domain']],
  [
    { $concat: ['https://', sub, '.', { $var: 'connectionInput.tld' }] },
    undefined,
    ['connectionInput.sub', 'connectionInput.tld'],
  ],
  [{ $jsonata: '$lowercase(connectionInput.url)' }, undefined, ['$jsonata']],
])('%j may lead to %j', (value, origins, by) => {
  expect(hostChosenBy(value)).toEqual({ origins, by })
})

test('a path takes values as segments', () => {
  expect(renderPath('/a/{id}?x={q}', { id: 'x/y', q: '&' }, 'path')).toBe('/a/x%2Fy?x=%26')
  for (const id of ['..', '.', 'a/../b'])
    expect(problemOf(() => renderPath('/a/{id}/b', { id }, 'path'))).toMatch(/^settings_invalid/)
  expect(problemOf(() => renderPath('/a/.{id}', { id: '.' }, 'path'))).toMatch(/^settings_invalid/)
  expect(problemOf(() => renderPath('/{id}', {}, 'path'))).toMatch(/^definition_invalid: path: id is missing/)
  for (const path of ['https://evil.com/{id}', '//evil.com', '\\\\evil.com'])
    expect(problemOf(() => renderPath(path, { id: 1 }, 'path'))).toBe(
      'definition_invalid: path: must be a path, not a URL.',
    )
})
