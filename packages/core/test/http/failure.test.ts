import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import ky from 'ky'
import ky2 from 'ky2'
import { AuthError } from '../../src/errors.ts'
import { httpFailure, networkFailure, retryAfterOf, statusOf, toAuthError } from '../../src/http/failure.ts'

const now = Date.parse('2026-11-20T12:00:00Z')

const answer = (status: number, headers: Record<string, string> = {}): Response =>
  Object.defineProperty(new Response('SECRET body', { status, statusText: 'SECRET', headers }), 'url', {
    value: 'https://api.example.com/SECRET?SECRET',
  })

describe('httpFailure', () => {
  test.each([
    [400, 'credentials_rejected'],
    [401, 'credentials_rejected'],
    [403, 'credentials_rejected'],
    [404, 'response_invalid'],
    [407, 'response_invalid'],
    [422, 'response_invalid'],
    [302, 'response_invalid'],
    [408, 'provider_unavailable'],
    [425, 'provider_unavailable'],
    [429, 'provider_unavailable'],
    [500, 'provider_unavailable'],
    [503, 'provider_unavailable'],
    [599, 'provider_unavailable'],
  ])('%i is %s', (status, code) => {
    const error = httpFailure(answer(status), { scheme: 'basic' })
    expect([error.code, error.scheme, error.message, statusOf(error)]).toEqual([
      code,
      'basic',
      `https://api.example.com answered with the status ${status}.`,
      status,
    ])
    expect(inspect(error) + JSON.stringify(error)).not.toContain('SECRET')
  })

  test('says how long to wait, where waiting helps', () => {
    expect(httpFailure(answer(429, { 'retry-after': '7' }), { now }).retryAfter).toBe(7000)
    expect(httpFailure(answer(401, { 'retry-after': '7' }), { now }).retryAfter).toBeUndefined()
  })

  test('leaves the body alone and does without a URL', async () => {
    const response = new Response('body', { status: 500 })
    expect(httpFailure(response).message).toBe('The provider answered with the status 500.')
    await expect(response.text()).resolves.toBe('body')
  })
})

describe('retryAfterOf', () => {
  test.each([
    ['120', 120_000],
    ['0', 0],
    [' 5 ', 5000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e9', undefined],
    ['12345678901', undefined],
    ['soon', undefined],
    ['2026-11-20', undefined],
    ['', undefined],
  ])('%j is %s milliseconds', (value, expected) => {
    expect(retryAfterOf(new Headers({ 'retry-after': value }), now)).toBe(expected)
  })

  test("without a clock a date counts from the answer's own", () => {
    const date = 'Fri, 20 Nov 2026 12:00:30 GMT'
    expect(retryAfterOf(new Headers({ 'retry-after': date, date: 'Fri, 20 Nov 2026 12:00:00 GMT' }))).toBe(
      30_000,
    )
    expect(retryAfterOf(new Headers({ 'retry-after': date }))).toBeUndefined()
  })
})

describe('networkFailure', () => {
  const broken = (cause: object): Error => Object.assign(new TypeError('fetch failed for SECRET'), { cause })

  test.each([
    [{ code: 'ECONNREFUSED' }, false],
    [{ code: 'ENOTFOUND' }, false],
    [{ code: 'EAI_AGAIN' }, false],
    [{ code: 'EHOSTUNREACH' }, false],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, false],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, false],
    [{ code: 'CERT_HAS_EXPIRED' }, false],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, false],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, false],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, false],
    [{ code: 'ECONNRESET', syscall: 'read' }, true],
    [{ code: 'ETIMEDOUT', syscall: 'read' }, true],
    [{ code: 'EPIPE' }, true],
    [{ code: 'UND_ERR_SOCKET' }, true],
    [{ code: 'UND_ERR_HEADERS_OVERFLOW' }, true],
    [{ code: 'SECRET with spaces' }, true],
    [{}, true],
  ])('%j is ambiguous: %s', (cause, ambiguous) => {
    const error = networkFailure(broken({ ...cause, message: 'SECRET' }), 'https://api.example.com')
    expect([error.code, error.ambiguous, error.cause]).toEqual(['provider_unavailable', ambiguous, undefined])
    expect(inspect(error)).not.toContain('SECRET')
  })

  test('nothing is certain once an answer has begun', () => {
    const error = networkFailure(broken({ code: 'ECONNREFUSED' }), 'https://api.example.com', true)
    expect(error.ambiguous).toBe(true)
  })

  test('the words of Bun and Deno for a refused connection are known', () => {
    const bun = Object.assign(new Error('Unable to connect'), { code: 'ConnectionRefused' })
    const deno = new TypeError(
      'error sending request for url (https://SECRET): client error (Connect): tcp connect error',
    )
    expect([bun, deno].map((error) => networkFailure(error, 'https://a.example').ambiguous)).toEqual([
      false,
      false,
    ])
  })
})

describe('toAuthError', () => {
  test('an AuthError is itself', () => {
    const error = new AuthError('client_rejected', 'x')
    expect(toAuthError(error, { scheme: 'y' })).toBe(error)
  })

  test.each([
    ['ky 1', ky],
    ['ky 2', ky2 as unknown as typeof ky],
  ])('errors of %s are told by their meaning, without the request in them', async (_, client) => {
    const thrown = async (fetch: () => Promise<Response>, timeout = 1000): Promise<AuthError> => {
      const options = { fetch, timeout, retry: 0, headers: { authorization: 'SECRET' } }
      return client('https://api.example.com/SECRET?SECRET', options).then(
        () => Promise.reject(new Error('it was answered')),
        (error: unknown) => toAuthError(error, { scheme: 's', now }),
      )
    }
    const statuses = await thrown(() => Promise.resolve(answer(503, { 'retry-after': '3' })))
    const timeouts = await thrown(() => new Promise(() => undefined), 5)
    const refused = await thrown(() =>
      Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })),
    )
    const rows = [statuses, timeouts, refused].map(({ code, ambiguous, retryAfter, scheme }) => [
      code,
      ambiguous,
      retryAfter,
      scheme,
    ])
    expect(rows).toEqual([
      ['provider_unavailable', undefined, 3000, 's'],
      ['provider_unavailable', true, undefined, 's'],
      ['provider_unavailable', false, undefined, 's'],
    ])
    expect([statuses, timeouts, refused].map((error) => inspect(error, { depth: 9 })).join()).not.toContain(
      'SECRET',
    )
  })

  const parsing = (): unknown => {
    try {
      return JSON.parse('SECRET')
    } catch (error) {
      return error
    }
  }

  test.each<[string, unknown, string, boolean | undefined]>([
    ['a time-out of the platform', AbortSignal.timeout(0), 'provider_unavailable', true],
    ['an abort', new DOMException('SECRET', 'AbortError'), 'provider_unavailable', true],
    ['what JSON.parse says', parsing(), 'response_invalid', true],
    [
      'a mistake in the strategy',
      new TypeError("Cannot read properties of undefined (reading 'SECRET')"),
      'response_invalid',
      true,
    ],
    ['a text', 'SECRET', 'response_invalid', true],
    ['nothing', undefined, 'response_invalid', true],
    ['null', null, 'response_invalid', true],
    [
      'an object that looks like an HTTPError',
      { name: 'HTTPError', response: 'SECRET' },
      'response_invalid',
      true,
    ],
  ])('%s is %#', (_, error, code, ambiguous) => {
    const given = error instanceof AbortSignal ? new DOMException('SECRET', 'TimeoutError') : error
    const result = toAuthError(given, { scheme: 's' })
    expect([result.code, result.ambiguous, result.scheme, result.cause]).toEqual([
      code,
      ambiguous,
      's',
      undefined,
    ])
    expect(inspect(result)).not.toContain('SECRET')
  })
})
