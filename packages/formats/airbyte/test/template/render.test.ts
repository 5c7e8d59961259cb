import { expect, test } from '@jest/globals'
import { renderOptional, renderRequired, renderText, renderValue } from '../../src/template/index.ts'
import { refusal, scopeOf } from './scope.ts'

const config = {
  key: 'k-1',
  n: 5,
  yes: true,
  no: false,
  nothing: null,
  empty: '',
  list: ['a', 'b'],
  credentials: { id: 'id-1', 'a b': 'x', deep: { er: 'y' } },
  sa: '{"private_key":"PEM","n":[1,{"m":2}]}',
}
const text = (template: string, more = {}): string => renderText(template, scopeOf(config, more), 'at')
const value = (template: string, more = {}): unknown => renderValue(template, scopeOf(config, more), 'at')

const texts: [template: string, text: string][] = [
  // Lookups.
  ['plain', 'plain'],
  ["{{ config['key'] }}", 'k-1'],
  ['{{config["key"]}}', 'k-1'],
  ['{{ config.key }}', 'k-1'],
  ["{{ config['credentials']['id'] }}", 'id-1'],
  ["{{ config.get('credentials', {}).get('id', '') }}", 'id-1'],
  ["{{ config.get('none', {}).get('id', 'd') }}", 'd'],
  ["{{ config['credentials']['a b'] }}", 'x'],
  ["{{ config['list'][0] }}{{ config.list[-1] }}", 'ab'],
  ["a{{ config['key'] }}b{{ config.n }}", 'ak-1b5'],
  ["{{ (config['key'])[1:] }}{{ config.key[:1] }}", '-1k'],
  // Text.
  ["{{ 'a' + 'b' ~ 1 ~ config.n }}", 'ab15'],
  ["{{ 'a' 'b' }}", 'ab'],
  ["{{ [config['key'], config.credentials.id] | join(':') | base64encode }}", 'ay0xOmlkLTE='],
  ["{{ (config.key + ':' + config.credentials.id) | b64encode }}", 'ay0xOmlkLTE='],
  ["{{ 'ay0x' | base64decode }}", 'k-1'],
  ["{{ ','.join(config.list) }}", 'a,b'],
  ["{{ 'A-b'.lower() }}{{ 'a'.upper() }}{{ ' x '.strip() }}{{ 'xax'.strip('x') }}", 'a-bAxa'],
  ["{{ 'a-b-c'.replace('-', '+', 1) }}{{ 'a-b' | replace('-', '') }}", 'a+b-cab'],
  ["{{ 'a,b,c'.split(',')[1] }}{{ ' a  b '.split() | length }}", 'b2'],
  ["{{ 'https://{}/v{}'.format(config.key, 1) }}", 'https://k-1/v1'],
  ["{{ '{0}{0}{n}{{}}'.format('a', n=2) }}", 'aa2{}'],
  ["{{ '%s-%d%%' % (config.key, 2) }}", 'k-1-2%'],
  ["{{ 'ab' * 2 }}{{ 'héé' | length }}", 'abab3'],
  [
    "{{ 'x'.startswith('x') }}{{ 'x' in 'axb' }}{{ 'y' not in config }}{{ 'key' in config }}",
    'TrueTrueTrueTrue',
  ],
  ["{{ 'a\\nb\\u0041\\\\d\\d' }}", 'a\nbA\\d\\d'],
  // Truth.
  ["{{ 'a' if config['yes'] else 'b' }}{{ 'a' if config.no else 'b' }}", 'ab'],
  ["{{ 'a' if config.none else 'b' }}{{ '-' if config.no }}", 'b'],
  ["{{ config.empty or config.none or 'x' }}{{ config.key and 'y' }}", 'xy'],
  ['{{ not config.none }}{{ config.none is defined }}{{ config.nothing is none }}', 'TrueFalseTrue'],
  ["{{ 'a' if config.n == 5 and config.n < 6 <= 6 else 'b' }}{{ 1 != 2 }}", 'aTrue'],
  [
    "{{ config.none | default('d') }}{{ config.empty | default('e', true) }}{{ config.empty | d('f') }}",
    'de',
  ],
  ["{{ unknown is defined }}{{ unknown | default('u') }}", 'Falseu'],
  ["{{ 'a' if 1 else 'b' if 2 else 'c' }}", 'a'],
  // Numbers, as Python orders and divides them.
  ['{{ 1 + 2 * 3 - 4 }}{{ 7 // 2 }}{{ -7 % 3 }}{{ 2 ** 3 }}{{ 1 / 4 }}', '33280.25'],
  [
    "{{ '12' | int + 1 }}{{ 'x' | int }}{{ '3.7' | float | round }}{{ [1, 3, 2] | max }}{{ min(4, 2) }}",
    '130432',
  ],
  // Lists and objects.
  ['{{ config.list | first }}{{ config.list | last }}{{ config.list | length }}', 'ab2'],
  ["{{ config.list | map('upper') | join }}{{ [3, 1] | sort | join('') }}", 'AB13'],
  [
    "{{ [{'n': 'a', 'v': 1}, {'n': 'b', 'v': 2}] | selectattr('n', 'equalto', 'b') | map(attribute='v') | first }}",
    '2',
  ],
  ["{{ {'a': {'b': 1}} | tojson }}", '{"a":{"b":1}}'],
  // Hashes: RFC 1321 appendix A.5, FIPS 180-4, RFC 4231 section 4.3.
  ["{{ 'abc' | hash }}", '900150983cd24fb0d6963f7d28e17f72'],
  ["{{ 'ab' | hash('sha256', 'c') }}", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    "{{ 'what do ya want for nothing?' | hmac('Jefe') }}",
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  // Regular expressions.
  ["{{ 'https://x/abc?d' | regex_search('/([a-z]+)\\\\?') }}{{ 'x' | regex_search('x') }}", 'abc'],
  ["{{ 'a1b22' | regex_replace('([a-z])(\\\\d+)', '\\\\2\\\\g<1>') }}", '1a22b'],
  // Functions.
  ['{{ now_utc() }}|{{ today_utc() }}', '2024-01-31 10:20:30+00:00|2024-01-31'],
  ["{{ now_utc().strftime('%Y%m%dT%H:%M:%SZ %j %s') }}", '20240131T10:20:30Z 031 1706696430'],
  ["{{ (now_utc() - duration('P1M1DT1H')).strftime('%Y-%m-%dT%H') }}", '2023-12-30T09'],
  ["{{ (now_utc() + duration('P1M')).strftime('%m-%d') }}", '02-29'],
  [
    "{{ day_delta(-31, format='%Y-%m-%d') }}|{{ timestamp('2024-01-31T00:00:00Z') }}",
    '2023-12-31|1706659200',
  ],
  [
    "{{ format_datetime('2024-01-31', '%d.%m.%y') }}|{{ str_to_datetime('2024-01-31').year }}",
    '31.01.24|2024',
  ],
  ["{{ today_with_timezone('Asia/Tokyo') }}", '2024-01-31'],
  ['{{ generate_uuid() }}', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
  ["{{ sanitize_url('a b/c&') }}|{{ 'a b/c' | urlencode }}", 'a+b%2Fc%26|a%20b/c'],
  ["{{ 'a%20b+c%2F' | urldecode }}", 'a b c/'],
  ["{{ camel_case_to_snake_case('camelCaseX') }}", 'camel_case_x'],
  // Statements, comments, white space.
  ['{% if config.yes %}a{% else %}b{% endif %}{% if config.no %}a{% elif config.n %}c{% endif %}', 'ac'],
  ["{% set x = config.key %}{% if x %}{% set x = 'y' %}{% endif %}{{ x }}", 'y'],
  [
    '{% for i in config.list %}{{ i }}.{% else %}none{% endfor %}{% for i in [] %}{{ i }}{% else %}-{% endfor %}',
    'a.b.-',
  ],
  ["{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}", 'a1'],
  ['a  {#- b -#}  c {%- if 1 -%} d {%- endif -%} e', 'acde'],
  ['a { b } {c} $ {{ "}}" }}\n', 'a { b } {c} $ }}'],
]
test.each(texts)('%s', (template, expected) => {
  expect(text(template)).toBe(expected)
})

test.each([
  '1e10',
  '1_000',
  '0x1F',
  '00',
  '1.50',
  'True',
  'None',
  '"quoted"',
  "['a']",
  '(1)',
  '{"a":1}',
  "b'x'",
  '0123',
  ' x ',
  'x\n',
  "{{ config['key'] }}",
  '{% if %}',
])('a text of the configuration is never read as anything else: %j', (secret) => {
  const scope = scopeOf({ secret })
  expect(renderText("{{ config['secret'] }}", scope, 'at')).toBe(secret)
  expect(renderValue("{{ config['secret'] }}", scope, 'at')).toBe(secret)
  expect(renderText("a{{ config['secret'] }}b", scope, 'at')).toBe(`a${secret}b`)
})

test('one expression gives its JSON value, anything around it a text', () => {
  expect(value('{{ config.n }}')).toBe(5)
  expect(value(' {{ config.yes }}\n')).toBe(true)
  expect(value('{{ config.list }}')).toEqual(['a', 'b'])
  expect(value("{{ {'a': [config.key, 1]} }}")).toEqual({ a: ['k-1', 1] })
  expect(value('{{ config.n }}!')).toBe('5!')
  expect(value("{{ 'x' if config.no }}")).toBeUndefined()
  expect(value('plain')).toBe('plain')
})

test('a value that is missing is named by its path, without its neighbours, wherever it is needed', () => {
  const cases: [template: string, field: string][] = [
    ["{{ config['x'] }}", 'x'],
    ["{{ config['credentials']['x'] }}", 'credentials.x'],
    ["{{ config['y']['x'].z }}", 'y.x.z'],
    ["{{ config.get('y').get('x') }}", 'y.x'],
    ["{{ config.get('x') }}", 'x'],
    ['{{ config.nothing }}', 'nothing'],
    ["a{{ config['x'] | base64encode }}", 'x'],
    ["{{ config['x'].replace('a', 'b') }}", 'x'],
    ["{{ 'a' + config.x }}", 'x'],
    ['{{ config.n + config.x }}', 'x'],
    ["{{ [config.key, config.x] | join(':') }}", 'x'],
    ["{{ '{}'.format(config.x) }}", 'x'],
    ["{{ config.x if config.yes else 'a' }}", 'x'],
  ]
  for (const [template, field] of cases) {
    const error = refusal(() => text(template))
    expect(error).toMatchObject({ code: 'settings_invalid', remedy: 'settings', field })
    expect(error.message).toBe(`at: ${field} is missing.`)
    expect(renderOptional(template, scopeOf(config), 'at')).toBeUndefined()
  }
  expect(refusal(() => value('{{ config.x }}'))).toMatchObject({ field: 'x' })
})

test('a value that is there but unfit is not optional', () => {
  for (const template of [
    '{{ config.list }}',
    '{{ config.credentials }}',
    '{{ config.key | base64decode }}',
  ]) {
    const error = refusal(() => renderOptional(template, scopeOf(config), 'at'))
    expect(error.code).toBe('settings_invalid')
    for (const secret of ['k-1', 'id-1']) expect(error.message).not.toContain(secret)
  }
})

test('an empty text is refused where a text is required, with the field that it comes from', () => {
  for (const [template, field] of [
    ["{{ config['empty'] }}", 'empty'],
    ["{{ config.get('credentials', {}).get('secret', '') }}", 'credentials.secret'],
  ] as const)
    expect(refusal(() => renderRequired(template, scopeOf(config), 'at'))).toMatchObject({
      code: 'settings_invalid',
      field,
      message: `at: ${field} is empty.`,
    })
  expect(refusal(() => renderRequired("{{ '' }}", scopeOf(config), 'at')).code).toBe('definition_invalid')
  expect(renderRequired('{{ config.key }}', scopeOf(config), 'at')).toBe('k-1')
})

test('json_loads reads a text of the configuration, where the component knows that function', () => {
  const functions = ['json_loads'] as const
  expect(text("{{ json_loads(config['sa'])['private_key'] }}", { functions })).toBe('PEM')
  expect(value("{{ json_loads(config.get('sa', {})).get('n')[1] }}", { functions })).toEqual({ m: 2 })
  expect(refusal(() => text("{{ json_loads(config['sa']) }}")).message).toContain('json_loads')
  const absent = "{{ json_loads(config.get('a', {}).get('b', {})).get('c') }}"
  expect(refusal(() => text(absent, { functions }))).toMatchObject({ code: 'settings_invalid', field: 'a.b' })
  expect(refusal(() => text("{{ json_loads(config['key']) }}", { functions }))).toMatchObject({
    field: 'key',
    message: 'at: key is not JSON.',
  })
  expect(refusal(() => text("{{ json_loads(config.sa)['x'] }}", { functions }))).toMatchObject({
    field: 'sa.x',
  })
})
