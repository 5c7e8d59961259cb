import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import type { AuthError } from '../../src/errors.ts'
import { headerValue } from '../../src/http/header.ts'
import { renderText, slotNames } from '../../src/http/template.ts'
import { parseUrlTemplate, renderUrl } from '../../src/http/url-template.ts'

function refusal(run: () => unknown): AuthError {
  try {
    run()
  } catch (error) {
    return error as AuthError
  }
  throw new Error('it was accepted')
}

const { cases } = JSON.parse(
  readFileSync(new URL('../vectors/hostile-subdomains.json', import.meta.url), 'utf8'),
) as { cases: { value: string; expect: 'accept' | 'reject' }[] }

describe('renderUrl', () => {
  const template = 'https://{subdomain}.example.com/api/v1'

  test.each(cases)('the subdomain $value: $expect', ({ value, expect: expected }) => {
    if (expected === 'accept') {
      expect(renderUrl(template, { subdomain: value })).toBe(
        `https://${value.toLowerCase()}.example.com/api/v1`,
      )
      return
    }
    const error = refusal(() => renderUrl(template, { subdomain: value }))
    expect([error.code, error.field]).toEqual(['settings_invalid', 'subdomain'])
    if (value.length > 1) expect(inspect(error)).not.toContain(value)
  })

  test.each([
    ['https://{x:host}/', 'api.example.com', 'https://api.example.com/'],
    ['https://{x:host}.example.com', 'a.b', 'https://a.b.example.com/'],
    ['https://api.zoho.{x:host}/', 'com.au', 'https://api.zoho.com.au/'],
    ['https://{x:host}:8443/', '93.184.216.34', 'https://93.184.216.34:8443/'],
    ['https://api-{x}.example.com/', 'eu1', 'https://api-eu1.example.com/'],
    ['http://127.0.0.1:{x}/', 3000, 'http://127.0.0.1:3000/'],
    ['http://[::1]:{x}/', '80', 'http://[::1]/'],
    ['https://a.example.com/v{x}/y', 2, 'https://a.example.com/v2/y'],
    ['https://a.example.com/{x}', 'a b/c?d#e%2e', 'https://a.example.com/a%20b%2Fc%3Fd%23e%252e'],
    ['https://a.example.com/{x}', '...', 'https://a.example.com/...'],
    ['https://a.example.com/p?q={x}&r=1', 'a&b=c#\u00fc', 'https://a.example.com/p?q=a%26b%3Dc%23%C3%BC&r=1'],
    ['https://a.example.com?q={x}', true, 'https://a.example.com/?q=true'],
    ['HTTPS://A.Example.com/Path', 'unused', 'https://a.example.com/Path'],
  ])('%s with %j is %s', (text, x, expected) => {
    expect(renderUrl(text, { x })).toBe(expected)
    expect(renderUrl(parseUrlTemplate(text), { x })).toBe(expected)
  })

  test.each([
    ['https://{x:host}/', 'https://evil.example'],
    ['https://{x:host}/', 'evil.example/path'],
    ['https://{x:host}/', 'user@evil.example'],
    ['https://{x:host}/', 'evil.example:8443'],
    ['https://{x:host}/', 'evil.example.'],
    ['https://{x:host}/', 'evil..example'],
    ['https://{x:host}/', '127.1'],
    ['https://{x:host}/', '127.0.0.1'],
    ['https://{x:host}/', '2130706433'],
    ['https://{x:host}/', 'localhost'],
    ['https://{x:host}/', '169.254.169.254'],
    ['https://{x:host}/', 'metadata.google.internal'],
    ['https://{x:host}/', '\uff45vil.example'],
    ['https://{x:host}/', `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}`],
    ['https://{x:host}.example.com/', 'evil.com/'],
    ['https://api-{x}.example.com/', 'a'.repeat(62)],
    ['https://a.example.com:{x}/', '0'],
    ['https://a.example.com:{x}/', '65536'],
    ['https://a.example.com:{x}/', '80@evil.example'],
    ['https://a.example.com/{x}/y', '.'],
    ['https://a.example.com/{x}/y', '..'],
    ['https://a.example.com/{x}/y', '%2e%2E'],
    ['https://a.example.com/{x}/y', '.%2e'],
    ['https://a.example.com/{x}/y', '../admin'],
    ['https://a.example.com/{x}/y', 'a\\..\\b'],
    ['https://a.example.com/{x}/y', '\ud800'],
    ['https://a.example.com/?q={x}', '\udc00'],
    ['https://a.example.com/{x}', ''],
    ['https://a.example.com/{x}', undefined],
    ['https://a.example.com/{x}', null],
    ['https://a.example.com/{x}', ['object']],
  ])('%s refuses %j', (text, x) => {
    const error = refusal(() => renderUrl(text, { x }))
    expect([error.code, error.field]).toEqual(['settings_invalid', 'x'])
  })

  test('two slots cannot make a climbing segment together', () => {
    const template = 'https://a.example.com/b/{x}{y}/z'
    expect(renderUrl(template, { x: '%2', y: 'e' })).toBe('https://a.example.com/b/%252e/z')
    expect(refusal(() => renderUrl(template, { x: '.', y: '.' })).field).toBe('x')
  })

  test('a special host is reached only where it is allowed', () => {
    expect(renderUrl('http://{x:host}:80/', { x: '127.0.0.1' }, { allow: 'loopback' })).toBe(
      'http://127.0.0.1/',
    )
    expect(renderUrl('https://{x:host}/', { x: '192.168.1.5' }, { allow: 'private' })).toBe(
      'https://192.168.1.5/',
    )
    expect(
      refusal(() => renderUrl('https://{x:host}/', { x: '192.168.1.5' }, { allow: 'loopback' })).field,
    ).toBe('x')
    expect(
      refusal(() => renderUrl('https://{x:host}/', { x: '169.254.169.254' }, { allow: 'private' })).field,
    ).toBe('x')
  })

  test('a value that is missing is named, and inherited members are none', () => {
    expect(refusal(() => renderUrl(template, {})).message).toBe('subdomain is missing.')
    expect(refusal(() => renderUrl('https://a.example.com/{constructor}', {})).field).toBe('constructor')
  })

  test('a value is not scanned for slots again', () => {
    expect(renderUrl('https://a.example.com/{x}', { x: '{y}', y: 'SECRET' })).toBe(
      'https://a.example.com/%7By%7D',
    )
  })
})

describe('parseUrlTemplate', () => {
  test.each([
    '',
    '/relative/{x}',
    '{x}://example.com/',
    'ftp://example.com/',
    'https://{x}',
    'https://{x}/api',
    'https://{x}.com/',
    'https://{x}.com./',
    'https://api.{x}/',
    'https://{x}.{y}/',
    'https://{user}@example.com/',
    'https://{user}:{password}@a.example.com/',
    'https://user@{x}.example.com/',
    'https://a.example.com/{x:host}',
    'https://a.example.com/{x:port}',
    'https://a.example.com/#{x}',
    'https://a.example.com/#x',
    'https://a.example.com/{x',
    'https://a.example.com/x}',
    'https://a.example.com/{}',
    'https://a.example.com/{a b}',
    'https://a.example.com/../{x}',
    'https://a.example.com:65536/{x}',
    'https://a.example.com\\{x}',
    'https://exa mple.com/',
    'https://${x}.example.com/',
    'https:///{x}',
  ])('%s is a mistake of the author', (template) => {
    expect(() => parseUrlTemplate(template)).toThrow(TypeError)
  })

  test('says what each slot stands for', () => {
    expect(parseUrlTemplate('https://{a}.x.example.com:{b}/c/{d}/e?f={g}')).toEqual({
      scheme: 'https',
      host: [{ name: 'a', kind: 'label' }, '.x.example.com'],
      port: { name: 'b', kind: 'port' },
      path: ['/c/', { name: 'd', kind: 'segment' }, '/e'],
      query: ['?f=', { name: 'g', kind: 'query' }],
    })
  })
})

describe('renderText', () => {
  test('fills slots with what the check returns, once', () => {
    expect(renderText('Bearer {apiKey}', { apiKey: 'k{x}$&' }, headerValue)).toBe('Bearer k{x}$&')
    expect(renderText('{"a":"{b}"}', { b: 1 }, (value, what) => `${what}=${value}`)).toBe('{"a":"b=1"}')
    expect(slotNames('{a}:{b.c} {"d"} {}')).toEqual(['a', 'b.c'])
  })

  test('the check refuses by the name of the field', () => {
    const error = refusal(() => renderText('Bearer {apiKey}', { apiKey: 'SEC\nRET' }, headerValue))
    expect([error.code, error.field]).toEqual(['settings_invalid', 'apiKey'])
    expect(inspect(error)).not.toContain('SEC')
    expect(refusal(() => renderText('Bearer {apiKey}', { apiKey: '' }, headerValue)).message).toBe(
      'apiKey is missing.',
    )
  })
})
