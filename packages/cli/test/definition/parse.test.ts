import { expect, test } from '@jest/globals'
import { parseDefinition } from '../../src/definition/parse.ts'

test('YAML and JSON are read, dates stay text, and 1.1 means what Python takes it for', async () => {
  const text = 'a: no\nb: 2024-01-01\nc: "007"'
  expect(await parseDefinition(text, 'x.yaml')).toEqual({ a: 'no', b: '2024-01-01', c: '007' })
  expect(await parseDefinition(text, 'x.yaml', '1.1')).toEqual({ a: false, b: '2024-01-01', c: '007' })
  expect(await parseDefinition('{"a": [1]}', 'x.json')).toEqual({ a: [1] })
})

test('what is neither is the concern of its author, and nothing of it is repeated', async () => {
  await expect(parseDefinition('b: 1\na: [SECRET', 'x.yaml')).rejects.toMatchObject({
    exit: 14,
    message: expect.stringMatching(/^x\.yaml is not YAML or JSON \(line 2\): (?!.*SECRET)/) as unknown,
  })
})

test('aliases that multiply are refused, and so is a file without end', async () => {
  const laughs = [
    'a: &a [x]',
    ...'bcdefgh'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at] ?? ''},`.repeat(10)}]`),
  ]
  await expect(parseDefinition(laughs.join('\n'), 'x.yaml')).rejects.toMatchObject({ exit: 14 })
  await expect(parseDefinition('a'.repeat(5_000_001), 'x.yaml')).rejects.toMatchObject({
    message: 'x.yaml has more than 5000000 characters.',
  })
})
