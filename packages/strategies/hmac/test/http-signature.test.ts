import { createPublicKey, verify as verifyBytes, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { httpSignature, type PrivateOptions, type SharedOptions } from '@latchkey/hmac'
import { parseComponent, signatureBase } from '../src/signature-base.ts'
import { signed } from './support.ts'

interface Row {
  readonly id: string
  readonly alg: PrivateOptions['algorithm'] | 'hmac-sha256'
  readonly keyid: string
  readonly signature_base: string
  readonly signature_input: string
  readonly signature: string
}

const vectors = JSON.parse(
  readFileSync(new URL('vectors/http-message-signatures.json', import.meta.url), 'utf8'),
) as {
  readonly keys: Readonly<Record<string, { readonly jwk?: JsonWebKey; readonly base64?: string }>>
  readonly test_request: {
    readonly target: string
    readonly headers: [string, string][]
    readonly body: string
  }
  readonly cases: readonly Row[]
}
const { keys, test_request: request, cases } = vectors
// B.2.4 signs a response.
const rows = cases.filter(({ id }) => id !== 'B.2.4').map((row) => [row.id, row] as const)

const now = 1_618_884_473_000
const url = `https://example.com${request.target}`
const headers = request.headers.filter(
  ([name]) => !['Host', 'Content-Length', 'Content-Digest'].includes(name),
)

/** What a row's Signature-Input says, taken apart. */
function inputOf({ signature_input }: Row) {
  const [, label = '', list = '', rest = ''] = /^([\w-]+)=\((.*?)\);(.*)$/.exec(signature_input) ?? []
  const parameters = Object.fromEntries(
    [...rest.matchAll(/(\w+)=(?:"([^"]*)"|(\d+))/g)].map(([, name = '', text, number]) => [
      name,
      text ?? Number(number),
    ]),
  ) as Readonly<Record<string, string | number>>
  const components = [...list.matchAll(/"([^"]+)"(;name="[^"]+")?/g)].map(
    ([, name = '', parameter = '']) => name + parameter,
  )
  return { label, components, parameters }
}

const nodeAlgorithm = (alg: Row['alg']) =>
  alg === 'ed25519' ? null : alg === 'rsa-pss-sha512' ? 'sha512' : alg.endsWith('384') ? 'sha384' : 'sha256'

function holds(alg: Row['alg'], jwk: JsonWebKey, base: string, signature: string): boolean {
  const key = createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' })
  const options = alg.startsWith('ecdsa')
    ? { key, dsaEncoding: 'ieee-p1363' as const }
    : alg === 'rsa-pss-sha512'
      ? { key, padding: 6, saltLength: 64 }
      : key
  return verifyBytes(nodeAlgorithm(alg), Buffer.from(base), options, Buffer.from(signature, 'base64'))
}

describe('RFC 9421 appendix B', () => {
  test('has the rows that it had', () => {
    expect(rows.map(([id]) => id)).toEqual(['B.2.1', 'B.2.2', 'B.2.3', 'B.2.5', 'B.2.6'])
  })

  test.each(rows)('%s: the signature base, and the signature over it', async (_, row) => {
    const { label, components, parameters } = inputOf(row)
    const all = new Headers(request.headers)
    const { base, input } = signatureBase(
      components.map(parseComponent),
      { method: 'POST', url: new URL(url), headers: all },
      parameters,
    )
    expect(base).toBe(row.signature_base)
    expect(`${label}=${input}`).toBe(row.signature_input)
    const { jwk, base64 } = keys[row.keyid]!
    const valid = (text: string): boolean =>
      jwk === undefined
        ? createHmac('sha256', Buffer.from(base64!, 'base64')).update(text).digest('base64') === row.signature
        : holds(row.alg, jwk, text, row.signature)
    expect(valid(base)).toBe(true)
    expect(valid(base.replace('"', '#'))).toBe(false)
  })

  test.each(rows)('%s: what the strategy sends', async (_, row) => {
    const { label, components, parameters } = inputOf(row)
    const { jwk, base64 } = keys[row.keyid]!
    const tag = parameters['tag'] as string | undefined
    const nonce = parameters['nonce'] !== undefined
    const common = { label, components, digest: 'sha-512' as const, nonce, ...(tag && { tag }) }
    const auth =
      row.alg === 'hmac-sha256'
        ? httpSignature({ ...common, algorithm: row.alg, secretEncoding: 'base64' } satisfies SharedOptions)
        : httpSignature({ ...common, algorithm: row.alg } satisfies PrivateOptions)
    const settings = { keyId: row.keyid, ...(jwk ? { privateKey: JSON.stringify(jwk) } : { secret: base64 }) }
    const sent = await signed(auth, settings, url, { method: 'POST', headers, body: request.body }, { now })
    const [, signature = ''] = /^[\w-]+=:(.*):$/.exec(sent.headers.get('signature') ?? '') ?? []
    const input = sent.headers.get('signature-input') ?? ''
    if (nonce)
      expect(input).toBe(row.signature_input.replace(/nonce="[^"]+"/, 'nonce="BwcHBwcHBwcHBwcHBwcHBw"'))
    else expect(input).toBe(row.signature_input)
    if (components.includes('content-digest'))
      expect(sent.headers.get('content-digest')).toBe(new Headers(request.headers).get('content-digest'))
    if (row.alg === 'hmac-sha256' || row.alg === 'ed25519') expect(signature).toBe(row.signature)
    else {
      const base = row.signature_base.replace(
        row.signature_input.replace(/^[\w-]+=/, ''),
        input.replace(/^[\w-]+=/, ''),
      )
      expect(holds(row.alg, jwk!, base, signature)).toBe(true)
      expect(holds(row.alg, jwk!, `${base} `, signature)).toBe(false)
    }
  })
})

describe('what is covered', () => {
  const shared = (options: Partial<SharedOptions> = {}) =>
    httpSignature({ algorithm: 'hmac-sha256', ...options })
  const settings = { keyId: 'k-1', secret: 's' }
  const input = async (auth: ReturnType<typeof shared>, at: string, init: RequestInit = {}) =>
    (await signed(auth, settings, at, init, { now })).headers.get('signature-input')

  test('is method, URL, type and digest, and of a request without a body method and URL', async () => {
    const end = ');created=1618884473;keyid="k-1"'
    expect(await input(shared(), url)).toBe(`sig1=("@method" "@target-uri"${end}`)
    expect(
      await input(shared(), url, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }),
    ).toBe(`sig1=("@method" "@target-uri" "content-type" "content-digest"${end}`)
  })

  test('has the values of RFC 9421 section 2.2', () => {
    const values = (at: string, names: readonly string[]) =>
      signatureBase(
        names.map(parseComponent),
        { method: 'GET', url: new URL(at), headers: new Headers() },
        {},
      )
        .base.split('\n')
        .slice(0, -1)
    expect(
      values('https://WWW.example.com:443/path?param=value', [
        '@method',
        '@target-uri',
        '@authority',
        '@scheme',
        '@request-target',
        '@path',
        '@query',
      ]),
    ).toEqual([
      '"@method": GET',
      '"@target-uri": https://www.example.com/path?param=value',
      '"@authority": www.example.com',
      '"@scheme": https',
      '"@request-target": /path?param=value',
      '"@path": /path',
      '"@query": ?param=value',
    ])
    expect(values('https://example.com', ['@path', '@query'])).toEqual(['"@path": /', '"@query": ?'])
    const multiline =
      'https://example.com/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something'
    expect(values(multiline, ['@query-param;name="var"', '@query-param;name="bar"'])).toEqual([
      '"@query-param";name="var": this%20is%20a%20big%0Amultiline%20value',
      '"@query-param";name="bar": with%20plus%20whitespace',
    ])
  })

  test('a header or parameter that is not there, or a parameter twice, is refused and not passed over', async () => {
    const cases: [readonly string[], string][] = [
      [['x-request-id'], 'no header "x-request-id"'],
      [['@query-param;name="a"'], 'has no query parameter "a"'],
      [['@query-param;name="b"'], 'several of the query parameter "b"'],
    ]
    for (const [components, message] of cases) {
      const sending = signed(shared({ components }), settings, 'https://example.com/?b=1&b=2')
      await expect(sending).rejects.toMatchObject({ code: 'unsupported' })
      await expect(sending).rejects.toThrow(message)
    }
  })

  test('alg, nonce, expiry and tag are said where they are asked for, and the date is set where it is signed', async () => {
    const auth = shared({ components: ['date'], alg: true, nonce: true, expiresIn: 60, tag: 'app "1"' })
    const sent = await signed(auth, settings, url, {}, { now })
    expect(sent.headers.get('signature-input')).toBe(
      'sig1=("date");created=1618884473;expires=1618884533;keyid="k-1";alg="hmac-sha256";nonce="BwcHBwcHBwcHBwcHBwcHBw";tag="app \\"1\\""',
    )
    expect(sent.headers.get('date')).toBe('Tue, 20 Apr 2021 02:07:53 GMT')
  })

  test('options that cannot work are refused at construction, by name', () => {
    const cases: [object, string][] = [
      [{ algorithm: 'none' }, 'httpSignature: algorithm'],
      [{ components: ['@status'] }, 'httpSignature: components has "@status"'],
      [{ components: ['Date'] }, 'httpSignature: components has "Date"'],
      [{ components: ['@query-param'] }, 'httpSignature: components'],
      [{ components: ['date;name="a"'] }, 'httpSignature: components'],
      [{ label: 'Sig' }, 'httpSignature: label'],
      [{ expiresIn: 0 }, 'httpSignature: expiresIn'],
      [{ tag: 'ü' }, 'httpSignature: tag'],
    ]
    for (const [options, message] of cases) {
      const make = () => shared(options)
      expect(make).toThrow(TypeError)
      expect(make).toThrow(message)
    }
  })
})
