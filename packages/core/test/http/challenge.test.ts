import { describe, expect, test } from '@jest/globals'
import { parseChallenges, parseParams, type Challenge } from '../../src/http/challenge.ts'

const plain = (challenges: Challenge[]): unknown[] =>
  challenges.map(({ scheme, token68, params }) =>
    token68 === undefined ? [scheme, { ...params }] : [scheme, token68, { ...params }],
  )

describe('parseChallenges', () => {
  test.each<[string, string | null, unknown[]]>([
    ['nothing', null, []],
    ['an empty field', '', []],
    ['separators only', ' , ,\t, ', []],
    ['a bare scheme', 'Negotiate', [['negotiate', {}]]],
    ['one parameter', 'Basic realm="WallyWorld"', [['basic', { realm: 'WallyWorld' }]]],
    ['names and schemes in any case', 'BASIC ReAlM=Wally', [['basic', { realm: 'Wally' }]]],
    [
      'the example of RFC 9110 section 11.6.1',
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      [
        ['basic', { realm: 'simple' }],
        ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ],
    ],
    ['a token68', 'Negotiate YIIabc+/._~-==', [['negotiate', 'YIIabc+/._~-==', {}]]],
    [
      'a token68 between others',
      'NTLM TlRMTVNT, Basic realm=x, Negotiate',
      [
        ['ntlm', 'TlRMTVNT', {}],
        ['basic', { realm: 'x' }],
        ['negotiate', {}],
      ],
    ],
    [
      'two digests joined from two fields',
      'Digest realm="a, b", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj", opaque="FQhe"\t,  Digest realm="a, b", algorithm=MD5, nonce="z=="',
      [
        [
          'digest',
          { realm: 'a, b', qop: 'auth, auth-int', algorithm: 'SHA-256', nonce: '7ypf/xlj', opaque: 'FQhe' },
        ],
        ['digest', { realm: 'a, b', algorithm: 'MD5', nonce: 'z==' }],
      ],
    ],
    ['white space around =', 'Digest realm = "x" , nonce\t=\ty', [['digest', { realm: 'x', nonce: 'y' }]]],
    ['empty elements', 'Basic ,, realm=x,,charset="UTF-8",', [['basic', { realm: 'x', charset: 'UTF-8' }]]],
    ['the first of two values', 'Basic realm="a", realm="b"', [['basic', { realm: 'a' }]]],
    ['an escaped backslash at the end', 'Basic realm="a\\\\", x=y', [['basic', { realm: 'a\\', x: 'y' }]]],
    ['an empty string', 'Basic realm=""', [['basic', { realm: '' }]]],
    [
      "nginx's unescaped quotes",
      'Basic realm="the "inner" area", charset="UTF-8"',
      [['basic', { realm: 'the "inner" area', charset: 'UTF-8' }]],
    ],
    ['quotes at both ends of an unescaped realm', 'Basic realm=""Area""', [['basic', { realm: '"Area"' }]]],
    [
      'parameters without commas',
      'Digest realm="x" nonce="y", qop=auth',
      [['digest', { realm: 'x', nonce: 'y', qop: 'auth' }]],
    ],
    [
      'an unquoted value that is no token',
      'Digest nonce=a/b+c==, qop=auth',
      [['digest', { nonce: 'a/b+c==', qop: 'auth' }]],
    ],
    ['an unterminated string', 'Basic realm="abc', [['basic', { realm: 'abc' }]]],
    ['rubbish before a challenge', '"=;", Basic realm=x', [['basic', { realm: 'x' }]]],
    [
      'names of the prototype',
      'X __proto__=a, constructor=b',
      [['x', { constructor: 'b', ['__proto__']: 'a' }]],
    ],
    [
      'DPoP beside Bearer',
      'Bearer error="invalid_token", error_description="expired", DPoP algs="ES256 PS256"',
      [
        ['bearer', { error: 'invalid_token', error_description: 'expired' }],
        ['dpop', { algs: 'ES256 PS256' }],
      ],
    ],
  ])('reads %s', (_, header, expected) => {
    expect(plain(parseChallenges(header))).toEqual(expected)
  })

  test('parameters have no prototype', () => {
    const [challenge] = parseChallenges('Basic realm=x')
    expect(challenge?.params.toString).toBeUndefined()
  })

  // A parser that went back over what it had read would take minutes.
  test.each<[string, (times: number) => string]>([
    ['quotes', (times) => `Basic realm="${'"'.repeat(times)}`],
    ['quotes with spaces', (times) => `Basic realm="${'" '.repeat(times)}`],
    ['a quote and spaces', (times) => `Basic realm="a"${' '.repeat(times)}`],
    ['quotes and words', (times) => `Basic realm="${'" a '.repeat(times)}`],
    ['schemes', (times) => 'a '.repeat(times)],
    ['a long word', (times) => `Basic ${'a'.repeat(times)}"`],
    ['equal signs', (times) => `Basic a${'='.repeat(times)}"`],
    ['commas', (times) => `Basic ${','.repeat(times)}`],
    ['spaces', (times) => `Basic${' '.repeat(times)}"`],
    ['words and equal signs', (times) => 'a='.repeat(times)],
    ['backslashes', (times) => `Basic realm="${'\\'.repeat(times)}`],
    ['names and spaces', (times) => `Basic ${'a '.repeat(times)}=`],
  ])('takes 400 kB of %s in linear time', (_, hostile) => {
    const header = hostile(200_000)
    const start = performance.now()
    parseChallenges(header)
    parseParams(header)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('parseParams', () => {
  test('reads the example of RFC 7616 section 3.5 and skips what is no parameter', () => {
    expect({
      ...parseParams('nextnonce="abc", qop=auth, rubbish, rspauth="6629", cnonce="x", nc=00000001'),
    }).toEqual({
      nextnonce: 'abc',
      qop: 'auth',
      rspauth: '6629',
      cnonce: 'x',
      nc: '00000001',
    })
    expect({ ...parseParams(null) }).toEqual({})
  })
})
