import { isAuthError } from '@latchkey/core'
import { createBudget } from '@latchkey/core/definition'
import { expect, test } from '@jest/globals'
import { evaluate } from '../../src/formula/index.ts'
import { normalise } from '../../src/dialect/index.ts'

const nested = (depth: number, make: (inner: unknown) => unknown, start: unknown = 'x'): unknown =>
  Array.from({ length: depth }).reduce((inner) => make(inner), start)

const many = Array.from({ length: 200 }, (_, index) => index)
const circle: Record<string, unknown> = {}
circle.self = circle
const variables = {
  many,
  text: 'x'.repeat(1_000),
  large: 'y'.repeat(200_000),
  digits: '1'.repeat(5_000),
}

const loop = (item: unknown): unknown => ({ $iterate: { source: { $var: 'many' }, item } })
const inner = (item: unknown): unknown => ({ $iterate: { source: { $var: 'parent.many' }, item } })

/** Definitions that would not end, or not in the memory that there is; each by the limit that stops it. */
const hostile: readonly (readonly [what: string, value: unknown, limit: RegExp])[] = [
  ['a deep object', nested(500, (item) => ({ a: item })), /levels/],
  ['a deep list', nested(500, (item) => [item]), /levels/],
  ['deep formulas', nested(500, (item) => ({ $concat: [item] })), /levels/],
  ['deep conditions', nested(500, (item) => ({ $case: [{ filter: { $eval: item }, value: 1 }] })), /levels/],
  ['a wide list', Array.from({ length: 30_000 }, () => 1), /steps/],
  ['loops in loops', loop(inner(1)), /steps/],
  ['a condition in loops in loops', loop(inner({ $eval: 1, is: 1 })), /steps/],
  [
    'a mapping with many rows in a loop',
    loop({ $map: { value: 'z', mapping: many.map((from) => ({ from: `a${from}`, to: 1 })) } }),
    /steps/,
  ],
  ['a long list that is searched in a loop', loop({ $eval: 'z', oneOf: many }), /steps/],
  [
    'a long text, many times',
    { $concat: Array.from({ length: 10 }, () => ({ $var: 'large' })) },
    /characters or items/,
  ],
  [
    'a long text in a loop',
    loop({
      $concat: [
        { $var: 'parent.text' },
        { $concat: Array.from({ length: 9 }, () => ({ $var: 'parent.text' })) },
      ],
    }),
    /characters or items/,
  ],
  [
    'a template that repeats its value',
    { $tpl: { template: '{a}'.repeat(10), values: { a: { $var: 'large' } } } },
    /characters or items/,
  ],
  ['a value that is repeated in the result', loop({ $var: 'parent' }), /levels|characters or items/],
  ['a large value, many times', Array.from({ length: 10 }, () => ({ $var: 'large' })), /characters or items/],
  ['a value that holds itself', { $var: 'circle' }, /levels|characters or items/],
  [
    'base64 in base64',
    { $template: '${' + 'base64('.repeat(40) + "'a'" + ')'.repeat(40) + '}' },
    /nests too deep/,
  ],
  [
    'parentheses without end',
    { $template: '${' + '('.repeat(5_000) + "'a'" + ')'.repeat(5_000) + '}' },
    /a slot may hold/,
  ],
  ['copies of copies', { a: { $copy: '$' }, b: { $copy: '$' } }, /is a copy itself/],
  ['JSONata: a recursion without end', { $jsonata: '($f := function($n) { $f($n + 1) }; $f(0))' }, /steps/],
  [
    'JSONata: a recursion that keeps its place',
    { $jsonata: '($f := function($n) { 1 + $f($n + 1) }; $f(0))' },
    /nests deeper/,
  ],
  [
    'JSONata: a text that doubles',
    { $jsonata: '($f := function($t, $n) { $n = 0 ? $t : $f($t & $t, $n - 1) }; $f("ab", 60))' },
    /characters or items/,
  ],
  [
    'JSONata: a list that doubles',
    { $jsonata: '($f := function($l, $n) { $n = 0 ? $l : $f($append($l, $l), $n - 1) }; $f([1], 60))' },
    /characters or items/,
  ],
  [
    'JSONata: an object that holds another twice, over and over',
    {
      $jsonata:
        '($f := function($o, $n) { $n = 0 ? $o : $f({"a": $o, "b": $o}, $n - 1) }; $string($f({}, 60)))',
    },
    /characters or items/,
  ],
  [
    'JSONata: two such objects, compared',
    {
      $jsonata:
        '($f := function($o, $n) { $n = 0 ? $o : $f({"a": $o, "b": $o}, $n - 1) }; $f({}, 60) = $f({}, 60))',
    },
    /characters or items/,
  ],
  ['JSONata: a range', { $jsonata: '[1..9999999]' }, /characters or items/],
  ['JSONata: two ranges', { $jsonata: '$count([1..900000]) + $count([1..900000])' }, /characters or items/],
  ['JSONata: a loop over a range', { $jsonata: '$map([1..100000], function($n) { $n })' }, /steps/],
  ['JSONata: loops in loops', { $jsonata: 'many.($a := $; $$.many.($a + $))' }, /steps/],
  ['JSONata: padding', { $jsonata: '$pad("", 99999999999)' }, /characters or items/],
  ['JSONata: a replacement that grows', { $jsonata: '$replace(large, "y", large)' }, /characters or items/],
  [
    'JSONata: a replacement that repeats what it found',
    { $jsonata: '$replace(large, /y+/, "$0$0$0$0$0$0$0$0$0$0")' },
    /characters or items/,
  ],
  [
    'JSONata: a join that grows',
    { $jsonata: '$join($map([1..1000], function($n) { "" }), large)' },
    /characters or items|steps/,
  ],
  ['JSONata: a search for what is distinct', { $jsonata: '$distinct([1..100000])' }, /steps/],
  [
    'JSONata: a large text looked at over and over',
    { $jsonata: 'many.($$.many.$length($$.large))' },
    /steps/,
  ],
  [
    'JSONata: a pattern that backtracks',
    { $jsonata: '$count($map([1..20000], function($n) { $match($$.digits, /(1+)+$/) }))' },
    /steps/,
  ],
  ['JSONata: a pattern that looks around', { $jsonata: '$match("aaa", /(?=a)a/)' }, /looks around or back/],
  ['JSONata: a pattern that looks back', { $jsonata: '$match("aa", /(a)\\1/)' }, /looks around or back/],
  [
    'JSONata: an expression inside an expression',
    { $jsonata: '$eval("$eval(\\"1\\")")' },
    /\$eval runs text/,
  ],
  [
    'JSONata: a variable that turns counting off',
    { $jsonata: '($__evaluate_entry := 0; $f := function($n) { $f($n) }; $f(0))' },
    /__evaluate/,
  ],
  [
    'JSONata: brackets without end',
    { $jsonata: '('.repeat(8_000) + '1' + ')'.repeat(8_000) },
    /nests deeper|failed|levels/,
  ],
  ['JSONata: an expression without end', { $jsonata: '1+'.repeat(10_000) + '1' }, /too long/],
]

test('there are forty hostile definitions at least', () => {
  expect(hostile.length).toBeGreaterThanOrEqual(40)
})

test.each(hostile)('%s is stopped by its count', (what, value, limit) => {
  const run = (): unknown =>
    evaluate(value, what === 'a value that holds itself' ? { ...variables, circle } : variables, 'here')
  expect(run).toThrow(limit)
  try {
    run()
  } catch (error) {
    expect(isAuthError(error) && ['definition_invalid', 'unsupported'].includes(error.code)).toBe(true)
    expect((error as Error).message).toMatch(/^here/)
  }
})

test('what is stopped is stopped at the same count each time, and by a limit that the caller chose', () => {
  const counts = [1, 2].map(() => {
    let steps = 0
    const budget = createBudget('here', { steps: 1_000, depth: 64, size: 1_000_000 })
    const counting = { ...budget, step: (count = 1) => (budget.step(count), void (steps += count)) }
    expect(() => evaluate(loop(inner(1)), variables, 'here', { budget: counting })).toThrow(
      'more than 1000 steps',
    )
    return steps
  })
  expect(counts).toEqual([1_000, 1_000])
})

test('a hostile definition is refused when it is read, before anything is evaluated', () => {
  const method = (mapping: unknown): object => ({
    type: 'client-credentials',
    makeApiClient: { type: 'mapping', mapping },
  })
  expect(() => normalise(method(nested(500, (item) => ({ a: item }))))).toThrow(/levels/)
  expect(() => normalise(method({ baseUri: { $jsonata: '1 +' } }))).toThrow(
    'makeApiClient.mapping.baseUri.$jsonata',
  )
  expect(() => normalise(method({ baseUri: { $template: "${exit('1')}" } }))).toThrow(
    'base64() is the only function',
  )
  expect(() => normalise(method(Array.from({ length: 30_000 }, () => 1)))).toThrow(/steps/)
})
