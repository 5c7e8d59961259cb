import { describe, expect, test } from '@jest/globals'
import { renderText, renderUrlTemplate, renderValue } from '../../src/template/index.ts'
import { refusal, scopeOf } from './scope.ts'

const config = { key: 's3cret-key', list: Array.from({ length: 1000 }, (_, at) => `i${at}`) }
const scope = scopeOf(config, { functions: ['json_loads'] })
const nested = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times)

/** Names of the templates, the templates, and what refuses them: one of the three limits, or a sentence. */
const templates: [name: string, template: string, refusedBy: RegExp][] = [
  // Size.
  ['a text times a billion', "{{ 'a' * 1000000000 }}", /more than 1000000 characters or items/],
  ['a text times a product', "{{ 'a' * (10 ** 9) }}", /more than 1000000 characters or items/],
  ['repeated repetition', "{{ 'a' * 1000 * 1000 * 1000 }}", /more than 1000000 characters or items/],
  ['a list times a billion', '{{ ([1] * 1000000000) | length }}', /more than 20000 steps/],
  [
    'a replacement that explodes',
    `{{ 'aaaaaaaaaa'${".replace('a', 'aaaaaaaaaa')".repeat(8)} }}`,
    /more than 20000 steps/,
  ],
  ['a replacement of nothing', "{{ ('a' * 20000).replace('', 'b' * 20000) }}", /more than 20000 steps/],
  [
    'a replacement with a long text',
    "{{ ('a' * 9999).replace('a', 'b' * 20000) }}",
    /more than 1000000 characters/,
  ],
  ['a join with a long separator', "{{ config.list | join('x' * 100000) }}", /more than 1000000 characters/],
  [
    'billion laughs through set',
    `{% set a = 'lol' %}${'{% set a = a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a %}'.repeat(9)}{{ a }}`,
    /more than 1000000 characters/,
  ],
  [
    'billion laughs of lists',
    `{% set a = ['lol'] %}${'{% set a = a + a + a + a + a + a + a + a + a + a %}'.repeat(9)}{{ a | length }}`,
    /more than 20000 steps/,
  ],
  [
    'billion laughs of nested lists',
    `{% set a = ['lol'] %}${'{% set a = [a, a, a, a, a, a, a, a, a, a] %}'.repeat(9)}{{ a | tojson }}`,
    /more than 20000 steps/,
  ],
  [
    'billion laughs compared',
    `{% set a = ['lol'] %}${'{% set a = [a, a, a, a, a, a, a, a, a, a] %}'.repeat(9)}{% set b = a + [] %}{{ a == b }}`,
    /more than 20000 steps/,
  ],
  [
    'billion laughs of objects',
    `{% set a = {'x': 'lol'} %}${"{% set a = {'a': a, 'b': a, 'c': a, 'd': a} %}".repeat(12)}{{ a | tojson }}`,
    /more than 20000 steps/,
  ],
  [
    'a format that repeats',
    `{{ '${'{0}'.repeat(200)}'.format('a' * 90000) }}`,
    /more than 1000000 characters/,
  ],
  [
    'a percent format that repeats',
    `{{ '${'%s'.repeat(20)}' % (${Array(20).fill("'a' * 90000").join(',')}) }}`,
    /more than 1000000 characters/,
  ],
  [
    'a regex that replaces with much',
    "{{ ('a' * 2000) | regex_replace('a', 'b' * 2000) }}",
    /more than 1000000 characters/,
  ],
  ['a template that is too long', ' '.repeat(1_000_001), /more than 1000000 characters/],
  ['a percent-encoding that triples', "{{ ('ä' * 180000) | urlencode }}", /more than 1000000 characters/],
  [
    'base64 again and again',
    `{{ 'a' * 1000 ${'| base64encode '.repeat(40)} }}`,
    /more than 1000000 characters/,
  ],
  // Steps.
  [
    'loops in loops',
    '{% for a in config.list %}{% for b in config.list %}{% for c in config.list %}.{% endfor %}{% endfor %}{% endfor %}',
    /more than 20000 steps/,
  ],
  ['a loop over a long text', "{% for a in 'x' * 30000 %}{{ a }}{% endfor %}", /more than 20000 steps/],
  ['many outputs', '{{ 1 }}'.repeat(20_001), /more than 20000 steps/],
  ['many links', `{{ config${'.a'.repeat(20_001)} }}`, /more than 20000 steps/],
  [
    'a map over a map over a list',
    `{{ config.list ${"| map('upper') ".repeat(40)} | length }}`,
    /more than 20000 steps/,
  ],
  ['a comparison of all with all', '{{ config.list | unique | length }}', /more than 20000 steps/],
  [
    'a regex over a long text',
    `{{ ('a' * 90000) | regex_search('${'(a|b|ab)*'.repeat(40)}c') }}`,
    /more than 20000 steps/,
  ],
  [
    'a JSON text with many members',
    "{{ json_loads('[' ~ ('1,' * 30000) ~ '1]') | length }}{{ json_loads('[' ~ ('1,' * 30000) ~ '1]') | tojson }}",
    /more than 20000 steps/,
  ],
  ['a text cut into many', "{{ ('a,' * 30000).split(',') | length }}", /more than 20000 steps/],
  // Depth.
  ['brackets in brackets', `{{ ${nested('(', '1', ')', 1000)} }}`, /more than 64 levels/],
  ['lists in lists', `{{ ${nested('[', '1', ']', 1000)} }}`, /more than 64 levels/],
  ['objects in objects', `{{ ${nested("{'a': ", '1', '}', 1000)} }}`, /more than 64 levels/],
  ['not not not', `{{ ${'not '.repeat(1000)}1 }}`, /more than 64 levels/],
  ['minus minus minus', `{{ ${'-'.repeat(1000)}1 }}`, /more than 64 levels/],
  ['an if in an if', nested('{% if 1 %}', 'x', '{% endif %}', 1000), /more than 64 levels/],
  ['a choice in a choice', `{{ ${'1 if 0 else '.repeat(1000)}2 }}`, /more than 64 levels/],
  ['calls in calls', `{{ ${nested('max(1, ', '1', ')', 1000)} }}`, /more than 64 levels/],
  ['items in items', `{{ config${nested('[config', '', ']', 1000)} }}`, /more than 64 levels/],
  [
    'a JSON text that is deep',
    "{{ json_loads('[' * 30000 ~ ']' * 30000) | tojson }}",
    /more than 64 levels|is not JSON/,
  ],
  [
    'lists in lists through set',
    `{% set a = [] %}${'{% set a = [a] %}'.repeat(100)}{{ a | tojson }}`,
    /more than 64 levels/,
  ],
  // Numbers.
  ['a power of a power', '{{ 9 ** 9 ** 9 ** 9 }}', /number that is too large/],
  ['a number without end', `{{ ${'9'.repeat(400)} }}`, /number that is too large/],
  ['division by zero', '{{ 1 / 0 }}{{ 1 % 0 }}', /divides by zero/],
  ['a date beyond all dates', "{{ str_to_datetime(8640000000000) + duration('P1D') }}", /out of range/],
  ['days without end', '{{ day_delta(999999999999) }}', /out of range/],
]

const escapes: [name: string, template: string, refusedBy: RegExp][] = [
  [
    'the class of a text',
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    /__class__, which is out of reach/,
  ],
  ['the class through an item', "{{ config['__class__'] }}", /__class__, which is out of reach/],
  ['the class through get', "{{ config.get('__class__') }}", /__class__, which is out of reach/],
  ['the class by joined names', "{{ config['__cl' ~ 'ass__'] }}", /__class__, which is out of reach/],
  ['the prototype of the configuration', '{{ config.__proto__ }}', /__proto__, which is out of reach/],
  ['the prototype of a text', "{{ 'a'['__proto__'] }}", /__proto__, which is out of reach/],
  ['the constructor of the configuration', '{{ config.constructor }}', /constructor is missing/],
  [
    'the constructor of the constructor',
    "{{ config.constructor.constructor('return process')() }}",
    /constructor\.?\w* is missing/,
  ],
  ['the constructor of a text', "{{ 'a'.constructor }}", /asks a text for constructor/],
  ['the constructor as a method', "{{ 'a'.constructor('x') }}", /calls constructor of a text/],
  ['a method of prototypes', "{{ config.hasOwnProperty('key') }}", /calls hasOwnProperty of a dict/],
  ['toString', '{{ config.toString() }}{{ config.list.toString() }}', /calls toString of a dict/],
  ['valueOf of a number', '{{ (1).valueOf() }}', /calls valueOf of a number/],
  ['a method of lists', "{{ config.list.push('x') }}", /calls push of a list/],
  ['a change of the configuration', "{{ config.update({'key': 'x'}) }}", /calls update of a dict/],
  ['setdefault', "{{ config.setdefault('x', 1) }}", /calls setdefault of a dict/],
  ['a function of another language', "{{ eval('1') }}", /calls eval, which is not known/],
  ['open', "{{ open('/etc/passwd').read() }}", /calls open, which is not known/],
  ['getattr', "{{ getattr(config, 'x') }}", /calls getattr, which is not known/],
  ['the environment', '{{ process.env }}', /names process, which is not known/],
  ['the global object', '{{ globalThis }}', /names globalThis, which is not known/],
  ['self', '{{ self.__init__ }}', /names self, which is not known/],
  ['this', '{{ this }}', /names this, which is not known/],
  ['cycler', '{{ cycler.__init__.__globals__ }}', /names cycler, which is not known/],
  ['lipsum', '{{ lipsum(n=1000000) }}', /calls lipsum, which is not known/],
  ['range', '{% for i in range(1000000000) %}{% endfor %}', /calls range, which is not known/],
  ['namespace', '{% set n = namespace(a=1) %}{{ n }}', /calls namespace, which is not known/],
  ['a setting of a member', "{% set config.key = 'x' %}", /needs =/],
  ['import', "{% import 'os' as os %}", /statement {% import %}/],
  ['from', "{% from 'x' import y %}", /statement {% from %}/],
  ['include', "{% include '/etc/passwd' %}", /statement {% include %}/],
  ['extends', "{% extends '/etc/passwd' %}", /statement {% extends %}/],
  ['macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', /statement {% macro %}/],
  ['the filter attr', "{{ config | attr('__class__') }}", /filter attr, which is not known/],
  ['a filter of prototypes', '{{ 1 | constructor }}', /filter constructor, which is not known/],
  [
    'a filter map with a prototype',
    "{{ config.list | map('constructor') | first }}",
    /map in the template needs/,
  ],
  ['a test of prototypes', '{{ 1 is constructor }}', /test constructor, which is not known/],
  ['a hash of prototypes', "{{ 'a' | hash('constructor') }}", /names a hash/],
  ['members in a format', "{{ '{0.__class__}'.format(config) }}", /none of its arguments/],
  ['items in a format', "{{ '{0[key]}'.format(config) }}", /none of its arguments/],
  ['a width in a format', "{{ '{:>1000000000}'.format('a') }}", /none of its arguments/],
  ['a width in a percent format', "{{ '%1000000000d' % 1 }}", /which is not %s or %d/],
  ['a directive of dates', "{{ now_utc().strftime('%Q') }}", /date format has %Q/],
  [
    'a regex with a look back',
    "{{ 'a' | regex_search('(?<=a)b') }}",
    /cannot be read, or needs to look back/,
  ],
  [
    'a regex with a reference back',
    "{{ 'a' | regex_search('(a)\\\\1') }}",
    /cannot be read, or needs to look back/,
  ],
  [
    'a regex that is too long',
    `{{ 'a' | regex_search('${'a'.repeat(501)}') }}`,
    /longer than 500 characters/,
  ],
  ['a regex with huge counts', "{{ 'a' | regex_search('((a{1000}){1000}){1000}') }}", /cannot be read/],

  [
    'the configuration in an error',
    '{{ config.list | join }}{{ unknown.key }}',
    /names unknown, which is not known/,
  ],
  ['an output that never ends', '{{ config.key', /look for the end of {{/],
  ['a statement that never ends', '{% if 1 %}', /lacks {% endif %}/],
  ['a comment that never ends', '{# x', /has no end #}/],
  ['a bracket without its partner', '{{ (1] }}', /\] without its partner/],
  ['an empty output', '{{ }}', /ends in the middle/],
  ['words without sense', '{{ config key }}', /key where an expression should end/],
  ['a control character', '{{ \u0000 }}', /cannot be read/],
]

describe.each([
  ['a template that wants too much is refused by a count', templates],
  ['a template that wants out is refused by name', escapes],
] as const)('%s', (_, rows) => {
  test.each(rows.map((row) => [...row] as const))('%s', (_name, template, refusedBy) => {
    const error = refusal(() => renderText(template, scope, 'definitions.auth.api_token'))
    expect(error.message).toMatch(refusedBy)
    expect(['definition_invalid', 'settings_invalid']).toContain(error.code)
    expect(error.message).toContain('definitions.auth.api_token')
    expect(error.message).not.toContain('s3cret')
    expect(error.message.length).toBeLessThan(400)
    expect(refusal(() => renderValue(template, scope, 'x')).name).toBe('AuthError')
    expect(refusal(() => renderUrlTemplate(template, scope, 'x')).name).toBe('AuthError')
  })
})

test('there are more than forty of them', () => {
  expect(templates.length + escapes.length).toBeGreaterThan(80)
})

test('the whole configuration is never text', () => {
  expect(refusal(() => renderText('{{ config }}', scope, 'at')).message).toBe(
    'at: config is a dict where text is needed.',
  )
})

test('an own member called like one of prototypes is data, and reaches nothing else', () => {
  const own = JSON.parse(
    '{"constructor":"c","toString":"t","hasOwnProperty":"h","a":{"valueOf":"v"}}',
  ) as never
  const text =
    "{{ config.constructor }}{{ config['toString'] }}{{ config.get('hasOwnProperty') }}{{ config.a.valueOf }}"
  expect(renderText(text, scopeOf(own), 'at')).toBe('ctht'.replace('ht', 'hv'))
})

test('a budget is for one evaluation: the same template can be rendered again and again', () => {
  for (let time = 0; time < 50; time++)
    expect(renderText("{{ 'a' * 400000 }}", scope, 'at')).toHaveLength(400_000)
})
