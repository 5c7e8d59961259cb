import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { resolveManifest } from '../../src/resolve/index.ts'
import { refusal } from '../template/scope.ts'

test('references, parameters and aliases that multiply are refused by a count', () => {
  const doubling = (count: number): Record<string, unknown> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `d${at}`,
        at === 0 ? ['lol'] : Array.from({ length: 10 }, () => `#/d${at - 1}`),
      ]),
    )
  const objects = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `o${at}`,
      at === 0 ? 'lol' : { a: { $ref: `#/o${at - 1}` }, b: { $ref: `#/o${at - 1}` } },
    ]),
  )
  const laughs = parse(
    `a0: &a0 [lol]\n${Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(', ')}]`).join('\n')}\n`,
    { maxAliasCount: -1 },
  ) as unknown
  let deep: unknown = 'x'
  for (let at = 0; at < 10_000; at++) deep = at % 2 ? [deep] : { a: deep }
  const loop: Record<string, unknown> = {}
  loop['self'] = loop
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`p${at}`, at]))
  const component = (inner: unknown): unknown => ({ type: 'X', $parameters: many, inner })
  const parameters = Array.from({ length: 500 }).reduce<unknown>((inner) => component(inner), null)
  for (const [manifest, limit] of [
    [doubling(12), /more than 500000 steps/],
    [objects, /more than 500000 steps/],
    [laughs, /more than 500000 steps/],
    [{ deep }, /more than 100 levels/],
    [loop, /more than 100 levels/],
    [{ streams: [parameters] }, /more than 100 levels/],
    [{ streams: Array(500).fill(component([component(null), component(null)])) }, /more than 500000 steps/],
    [{ a: `#/${'a/'.repeat(5000)}` }, /leads nowhere|levels|steps/],
  ] as const) {
    const error = refusal(() => resolveManifest(manifest))
    expect(error.code).toBe('definition_invalid')
    expect(error.message).toMatch(limit)
  }
})
