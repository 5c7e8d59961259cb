import { expect, test } from '@jest/globals'
import {
  parseTemplate,
  referencesOf,
  renderPieces,
  renderText,
  variablesOf,
} from '../../src/template/index.ts'
import { refusal, scopeOf } from './scope.ts'

const config = {
  key: 'k-1',
  n: 5,
  list: ['a', 'b'],
  credentials: { id: 'id-1' },
  sa: '{"private_key":"PEM"}',
}

test("parameters are the author's and variables of the caller are values", () => {
  const more = { parameters: { name: 'n' }, extra: { session_token: 't-1' } }
  expect(
    renderPieces('Token {{ session_token }}/{{ parameters.name }}', scopeOf(config, more), 'at'),
  ).toEqual([
    { text: 'Token ' },
    { text: 't-1', source: { path: ['session_token'], isVariable: true }, isWhole: true },
    { text: '/' },
    { text: 'n', isWhole: true },
  ])
  const error = refusal(() => renderText('{{ session_token.x }}', scopeOf(config, more), 'at'))
  expect(error.code).toBe('definition_invalid')
})

test('what is made of a value counts as a value, through filters, methods and joining', () => {
  const sources = (template: string): unknown[] =>
    renderPieces(template, scopeOf(config, { functions: ['json_loads'] }), 'at')
      .filter(({ text: shown }) => shown !== '')
      .map(({ text: shown, source }) => [shown, source?.path.join('.')])
  expect(sources("{{ 'https://' + config.key + '/x' }}")).toEqual([
    ['https://', undefined],
    ['k-1', 'key'],
    ['/x', undefined],
  ])
  for (const template of [
    '{{ config.key | upper }}',
    "{{ 'x'.replace('x', config.key) }}",
    "{{ config.key.split('-')[0] }}",
    "{{ json_loads(config.sa)['private_key'] }}",
    '{{ config.n * 2 }}',
    '{{ config.list | tojson }}',
    "{{ config.key | regex_search('(k)') }}",
    "{{ 'k' | hmac(config.key) }}",
    '{% for c in config.list %}{{ c }}{% endfor %}',
    "{{ '%s' % config.key }}",
    '{{ config.credentials.keys() | first }}',
    '{{ config.key[0] }}',
    '{{ (config.list + config.list) | join }}',
  ])
    expect([template, sources(template).every((piece) => (piece as unknown[])[1] !== undefined)]).toEqual([
      template,
      true,
    ])
})

test('the paths and variables that a template reads are known without evaluating it', () => {
  const read = (template: string): unknown => {
    const parsed = parseTemplate(template, 'at')
    return [referencesOf(parsed), variablesOf(parsed)]
  }
  expect(read("{{ config.get('a', {}).get('b', '') if config['c'] else config.d['e f'].g }}")).toEqual([
    [['c'], ['a', 'b'], ['d', 'e f', 'g']],
    [],
  ])
  expect(read("{{ json_loads(config['sa'])['k'] }}{{ config.key.replace('a', x) }}")).toEqual([
    [['sa'], ['key']],
    ['x'],
  ])
  expect(read('{% set a = config.b %}{% for i in a %}{{ i ~ c[config.d] }}{% endfor %}')).toEqual([
    [['b'], ['d']],
    ['c'],
  ])
})
