import { expect, test } from '@jest/globals'
import { sameMeaning } from '../../src/template/index.ts'

test.each([
  ["{{ config['a'] }}", '{{config["a"]}}', true],
  ["Bearer {{ config['a'] }}", 'Bearer {{ config["a"]  }}', true],
  ["{{ config['a'] }}", "{{ config['b'] }}", false],
  ["{{ config['a b'] }}", "{{ config['ab'] }}", false],
  ["{{ config['1'] }}", '{{ config[1] }}', false],
  ["Bearer {{ config['a'] }}", "Bearer  {{ config['a'] }}", false],
  ["it's", 'its', false],
  ["{{ config['a' }}", '{{ config["a" }}', false],
])('%s and %s: the same is %s', (a, b, same) => {
  expect(sameMeaning(a, b)).toBe(same)
})
