import { describe, expect, test } from '@jest/globals'
import { checkOrigin, matchesOrigin, originPattern } from '../../src/http/origin.ts'

describe('checkOrigin', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://API.Example.com:443/', 'https://api.example.com'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['https://*.example.com', 'https://*.example.com'],
    ['https://*.eu.Example.com:8443', 'https://*.eu.example.com:8443'],
  ])('%s is %s', (given, canonical) => expect(checkOrigin(given, 'origins')).toBe(canonical))

  test.each([
    'api.example.com',
    'https://{x}.example.com',
    'https://${x}.example.com',
    'https://api.example.com/path',
    'https://api.example.com?x',
    'https://user@api.example.com',
    'https://*',
    'https://*.com',
    'https://*.*.example.com',
    'https://a.*.example.com',
    'https://a*.example.com',
    'https://*example.com',
    'https://example.com.',
    'https://*.example.com.',
    'ftp://example.com',
    'https://exa mple.com',
    '*',
    '',
  ])('%j is refused by the name of its option', (given) => {
    expect(() => checkOrigin(given, 'connector origins')).toThrow(/^connector origins: /)
    expect(() => checkOrigin(given, 'connector origins')).toThrow(TypeError)
  })
})

describe('originPattern', () => {
  test.each([
    ['https://api.example.com/v1', 'https://api.example.com'],
    ['https://api.example.com:8443/{x}?y={z}', 'https://api.example.com:8443'],
    ['https://{subdomain}.example.com/api', 'https://*.example.com'],
    ['https://{x}.eu.example.com:444', 'https://*.eu.example.com:444'],
    ['https://{x:host}/', undefined],
    ['https://{x:host}.example.com/', undefined],
    ['https://api-{x}.example.com/', undefined],
    ['https://{x}-api.example.com/', undefined],
    ['https://a.{x}.example.com/', undefined],
    ['https://{x}.{y}.example.com/', undefined],
    ['https://a.example.com:{x}/', undefined],
  ])('the origin of %s is %s', (template, pattern) => expect(originPattern(template)).toBe(pattern))
})

describe('matchesOrigin', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://*.example.com', 'https://a.example.com'],
    ['https://*.example.com', 'https://xn--bcher-kva.example.com'],
    ['https://*.example.com:8443', 'https://a.example.com:8443'],
  ])('%s matches %s', (pattern, origin) => expect(matchesOrigin(pattern, origin)).toBe(true))

  test.each([
    ['https://api.example.com', 'http://api.example.com'],
    ['https://api.example.com', 'https://api.example.com:8443'],
    ['https://api.example.com', 'https://api.example.com.'],
    ['https://*.example.com', 'https://example.com'],
    ['https://*.example.com', 'https://.example.com'],
    ['https://*.example.com', 'https://a.b.example.com'],
    ['https://*.example.com', 'https://evilexample.com'],
    ['https://*.example.com', 'https://a.example.com.'],
    ['https://*.example.com', 'https://a.example.com.evil.example'],
    ['https://*.example.com', 'https://a.example.com:8443'],
    ['https://*.example.com', 'http://a.example.com'],
    ['https://*.example.com', 'https://evil.example/.example.com'],
    ['https://*.example.com', 'https://evil.example?.example.com'],
    ['https://*.example.com', 'https://user@.example.com'],
    ['https://*.example.com', 'https://-.example.com'],
    ['https://*.example.com', 'null'],
    ['https://*', 'https://evil.example'],
    ['*', 'https://evil.example'],
  ])('%s does not match %s', (pattern, origin) => expect(matchesOrigin(pattern, origin)).toBe(false))
})
