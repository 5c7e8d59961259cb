/**
 * @jest-environment-options {"customExportConditions": ["@latchkey/source"]}
 */
// The same vectors where the runtime is not Node: hashes come from WebCrypto and @noble/hashes.
import { expect, test } from '@jest/globals'
import { digest } from '@latchkey/core/crypto'
import './vectors.test.ts'

test('without the condition "node" hashes are promises', () => {
  expect(digest('SHA-256', '')).toBeInstanceOf(Promise)
})
