import { expect, test } from '@jest/globals'
import type { AuthError } from '@latchkey/core'
import type { JsonObject } from '@latchkey/core/definition'
import { hostChosenBy, renderUrlTemplate, urlShapesOf, type Scope } from '../../src/template/index.ts'

const scopeOf = (config: JsonObject, more: Partial<Scope> = {}): Scope => ({
  config,
  now: () => 0,
  random: (length) => new Uint8Array(length),
  ...more,
})
const url = (text: string | [string, string], config: JsonObject, more: Partial<Scope> = {}) =>
  renderUrlTemplate(text, scopeOf(config, more), 'url_base')
const refusal = (run: () => unknown): AuthError => {
  try {
    run()
  } catch (error) {
    return error as AuthError
  }
  throw new Error('nothing was thrown')
}

test('a value is encoded for its place: a host label, a path segment, a query', () => {
  const text = "https://{{ config['sub'] }}.example.com/a/{{ config.id }}?k={{ config.key }}"
  expect(url(text, { sub: 'acme', id: 'x/y?z#', key: 'a&b=c' })).toBe(
    'https://acme.example.com/a/x%2Fy%3Fz%23?k=a%26b%3Dc',
  )
})

const hostile = [
  'evil.com/',
  'evil.com#',
  'evil.com?',
  'a@evil.com',
  'evil.com:443',
  'a.b',
  '..',
  'a b',
  'a\\b',
  'ａ',
  '%2e',
  '',
  '{v1}',
  'a\nb',
  '-a',
  'xn--a',
  'localhost/x',
]
test.each(hostile)('a host label cannot be %j', (sub) => {
  const error = refusal(() => url("https://{{ config['a']['sub'] }}.example.com/x", { a: { sub } }))
  expect(error).toMatchObject({ code: 'settings_invalid', field: 'a.sub' })
  if (sub !== '') expect(error.message).not.toContain(sub)
})

test.each(['..', '.', '%2e%2e', 'a/../b', '..\\x'])('a path segment cannot climb: %j', (id) => {
  expect(refusal(() => url("https://api.example.com/v1/{{ config['id'] }}/x", { id }))).toMatchObject({
    field: 'id',
  })
})

test('a base and a path meet in one slash, and an empty path adds nothing', () => {
  const config = { base: 'https://api.acme.test/v1/', id: 'a/b' }
  expect(url(['https://api.example.com/v1/', '/x'], {})).toBe('https://api.example.com/v1/x')
  expect(url(['https://api.example.com/v1', 'x'], {})).toBe('https://api.example.com/v1/x')
  expect(url(['https://api.example.com/v1', ''], {})).toBe('https://api.example.com/v1')
  expect(url(['https://api.example.com/v1', '?a=b'], {})).toBe('https://api.example.com/v1?a=b')
  expect(url(['{{ config.base }}', '/x/{{ config.id }}'], config)).toBe('https://api.acme.test/v1/x/a%2Fb')
  expect(url(['https://api.example.com/', '{{ config.id }}'], config)).toBe('https://api.example.com/a%2Fb')
})

test('white space and line ends around a URL do not count', () => {
  expect(url("\n{{\n 'https://a.example.com/v3'\n}}\n", {})).toBe('https://a.example.com/v3')
  const path = '{% set id = config.id %}\n{% if id %}projects/{{ id }}{% else %}query{% endif %}/notes\n'
  expect(url(['https://a.example.com', path], { id: 7 })).toBe('https://a.example.com/projects/7/notes')
  expect(url(['https://a.example.com', path], {})).toBe('https://a.example.com/query/notes')
})

test('a whole base URL may be a value over https, and keeps its host', () => {
  const text = "{{ config['url'] }}/api/x?k={{ config['k'] }}"
  expect(url(text, { url: 'https://acme.test', k: 'a&b' })).toBe('https://acme.test/api/x?k=a%26b')
  expect(url(text, { url: 'https://acme.test:8443/base', k: 'a' })).toBe(
    'https://acme.test:8443/base/api/x?k=a',
  )
})

test.each([
  'acme.test',
  'http://acme.test',
  'https://u@acme.test',
  'https://acme.test?x',
  'https://acme.test#x',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'https://?',
  '//acme.test',
  'https:///acme.test',
  'https://acme.test\\@evil.com',
  'https://127.0.0.1',
  'https://10.0.0.1',
  'http://localhost',
  'https://[::1]',
])('a base URL cannot be %j', (base) => {
  const error = refusal(() => url("{{ config['url'] }}/x", { url: base }))
  expect(error).toMatchObject({ code: 'settings_invalid', field: 'url' })
  expect(error.message).not.toContain(base)
})

test('http is for loopback addresses that the operator allows', () => {
  const text = "{{ config['url'] }}/x"
  const allow = 'loopback'
  expect(url(text, { url: 'http://localhost:8080' }, { allow })).toBe('http://localhost:8080/x')
  expect(url(text, { url: 'http://127.0.0.1:1' }, { allow })).toBe('http://127.0.0.1:1/x')
  expect(refusal(() => url(text, { url: 'http://acme.test' }, { allow })).field).toBe('url')
})

test('nothing may be glued to the host of a base URL that is a value', () => {
  for (const text of [
    "{{ config['url'] }}.evil.com/x",
    "{{ config['url'] }}@evil.com",
    '{{ config.url }}{{ config.b }}',
  ])
    expect(refusal(() => url(text, { url: 'https://acme.test', b: '.evil.com' })).code).toBe(
      'definition_invalid',
    )
})

test('a whole host may be a value, with a port', () => {
  const text = "https://{{ config['domain'] }}/api"
  expect(url(text, { domain: 'acme.test' })).toBe('https://acme.test/api')
  expect(url(text, { domain: 'acme.test:8443' })).toBe('https://acme.test:8443/api')
  for (const domain of ['https://acme.test', 'acme.test/x', 'u@acme.test', '10.0.0.1', 'a b', ''])
    expect(refusal(() => url(text, { domain }))).toMatchObject({ code: 'settings_invalid', field: 'domain' })
})

test('a value before a domain is one label, one that brings its dot too, and never part of the domain', () => {
  const dotted = "https://{{ '' if config.region == 'US' else config.region + '.' }}example.com/api/"
  expect(url(dotted, { region: 'US' })).toBe('https://example.com/api/')
  expect(url(dotted, { region: 'eu' })).toBe('https://eu.example.com/api/')
  expect(refusal(() => url(dotted, { region: 'evil.com/' }))).toMatchObject({ field: 'region' })
  expect(url('https://{{ config.p }}example.com', { p: 'eu.' })).toBe('https://eu.example.com/')
  expect(refusal(() => url('https://{{ config.p }}example.com', { p: 'evil' })).code).toBe(
    'definition_invalid',
  )
  expect(
    url("https://api{{ '-' + config.r if config.r != 'eu' }}.{{ 'play.' if config.play }}example.com/", {
      r: 'na',
    }),
  ).toBe('https://api-na.example.com/')
})

test('what the form allows stands as if the author had written it', () => {
  const choices = (path: readonly string[]) => (path[0] === 'region' ? ['com', 'com.au'] : undefined)
  const text = 'https://www.zone.{{ config.region }}/v1'
  expect(url(text, { region: 'com.au' }, { choices })).toBe('https://www.zone.com.au/v1')
  expect(urlShapesOf(text, '', { choices })).toEqual([
    { template: 'https://www.zone.com' },
    { template: 'https://www.zone.com.au' },
  ])
  expect(hostChosenBy(text)).toEqual(['region'])
  expect(hostChosenBy(text, { choices })).toBeUndefined()
})

test('a text that the template has encoded for a URL is encoded once', () => {
  const text = 'https://a.example.com/x?u={{ config.u | urlencode }}&v={{ sanitize_url(config.u) }}'
  expect(url(text, { u: 'a b/c' })).toBe('https://a.example.com/x?u=a%20b%2Fc&v=a%20b%2Fc')
})

test('what chooses the host of a URL can be asked', () => {
  const cases: [string, string[] | undefined][] = [
    ['https://api.example.com/{{ config.x }}', undefined],
    ['https://{{ config.sub }}.example.com', undefined],
    ["{{ config['base'] }}/api", ['base']],
    ["https://{{ config['a']['domain'] }}/x", ['a', 'domain']],
    ["https://{{ config['domain'] }}:8080/x", ['domain']],
    ["https://{{ config['name'] }}.com", ['name']],
    [
      "{{ 'https://' + config['host'] + '/api' if config['host'] else 'https://api.example.com' }}/token",
      ['host'],
    ],
    [
      '{{ "https://{}/v1/".format(config[\'host\']) if config[\'host\'] else "https://api.example.com/" }}',
      ['host'],
    ],
    ["{{ config.get('api_url', 'https://api.example.com') }}", ['api_url']],
    ["{{ config['api_url'] | default('https://api.example.com') }}", ['api_url']],
    ["https://api.example.com{{ config['path'] }}", ['path']],
    ['{% if config.eu %}https://eu.example.com{% else %}https://example.com{% endif %}/', undefined],
  ]
  for (const [text, path] of cases) expect([text, hostChosenBy(text)]).toEqual([text, path])
})

test('the forms of a host are URL templates', () => {
  expect(
    urlShapesOf("https://{{ '' if config.r == 'US' else config.r + '.' }}example.com/a/{{ config.b }}", ''),
  ).toEqual([{ template: 'https://example.com' }, { template: 'https://{r}.example.com' }])
  expect(urlShapesOf('https://{{ config.a.b }}.example.com', '')).toEqual([
    { template: 'https://{a.b}.example.com' },
  ])
})

test('a template that makes no URL is the fault of its author, named without values', () => {
  for (const text of [
    '/relative',
    'ftp://a.example.com',
    'https://u:p@a.example.com',
    '{{ "x" }}',
    'https://a.example.com/#f',
  ])
    expect(refusal(() => url(text, {}))).toMatchObject({ code: 'definition_invalid' })
})
