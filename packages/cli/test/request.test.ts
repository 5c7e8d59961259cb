import { expect, test } from '@jest/globals'
import { acmeApi, asModules, canary } from './connectors.ts'
import { machine, type Machine, type World } from './support.ts'

const connected = async (world: World = {}): Promise<Machine> => {
  const at = machine({
    modules: asModules,
    fetch: acmeApi().fetch,
    env: { LATCHKEY_API_KEY: canary },
    ...world,
  })
  await at.run('connect', './keyed.ts')
  return at
}

test('a request prints the body, and nothing else, to standard output', async () => {
  const at = await connected()
  expect(await at.run('request', 'acme', '/me')).toEqual({
    code: 0,
    out: '{"id":"u-1","name":"Ada"}',
    err: '',
  })
})

test('a relative URL stands below the base URL, an absolute one as it is', async () => {
  const at = await connected()
  const urls = ['echo', '/echo', 'https://api.acme.test/v1/echo?a=1', '/echo?a=1']
  const sent = []
  for (const url of urls)
    sent.push((JSON.parse((await at.run('request', 'acme', url)).out) as { url: string }).url)
  expect(sent).toEqual([
    'https://api.acme.test/v1/echo',
    'https://api.acme.test/v1/echo',
    'https://api.acme.test/v1/echo?a=1',
    'https://api.acme.test/v1/echo?a=1',
  ])
})

test('credentials go to the origins of the connector only', async () => {
  const { fetch, seen } = acmeApi()
  const at = await connected({ fetch })
  expect((await at.run('request', 'acme', 'https://mallory.test/me')).code).toBe(14)
  expect((await at.run('request', 'acme', '//mallory.test/me')).code).toBe(14)
  expect(seen.map(({ url }) => new URL(url).host)).toEqual(['api.acme.test'])
})

test('method, headers and body are those of curl', async () => {
  const { fetch, seen } = acmeApi()
  const at = await connected({ fetch, stdin: 'from=stdin', files: new Map([['/work/body.json', '{"b":2}']]) })
  seen.length = 0
  await at.run('request', 'acme', '/echo', '-d', 'a=1', '-d', 'b=2')
  await at.run('request', 'acme', '/echo', '-d', '@-', '-X', 'PUT')
  await at.run('request', 'acme', '/echo', '--json', '@body.json', '-H', 'x-trace: 7')
  await at.run(
    'request',
    'acme',
    '/echo',
    '--json',
    '{"a":1}',
    '-H',
    'content-type: application/merge-patch+json',
  )
  expect(
    seen.map(({ method, body, headers }) => [
      method,
      body,
      headers['content-type'],
      headers['accept'],
      headers['x-trace'],
    ]),
  ).toEqual([
    ['POST', 'a=1&b=2', 'application/x-www-form-urlencoded', undefined, undefined],
    ['PUT', 'from=stdin', 'application/x-www-form-urlencoded', undefined, undefined],
    ['POST', '{"b":2}', 'application/json', 'application/json', '7'],
    ['POST', '{"a":1}', 'application/merge-patch+json', 'application/json', undefined],
  ])
})

test('what cannot be sent is refused without repeating it', async () => {
  const at = await connected()
  for (const args of [
    ['-H', `no-colon-${canary}`],
    ['-H', `bad name: ${canary}`],
    ['-d', 'x', '--json', '{}'],
    ['-d', 'x', '-X', 'GET'],
    ['-d', '@nowhere'],
  ]) {
    expect((await at.run('request', 'acme', '/me', ...args)).code).toBe(2)
  }
  expect((await at.run('request', 'acme', `https://user:${canary}@api.acme.test/`)).code).toBe(2)
  expect(at.printed()).not.toContain(canary)
})

test('a status of 400 or more is printed, and ends with 22', async () => {
  const at = await connected()
  expect(await at.run('request', 'acme', '/nothing')).toEqual({
    code: 22,
    out: '{"error":"not_found"}',
    err: '',
  })
})

test('a network that fails ends with 12', async () => {
  const broken = (await connected()).with({
    modules: asModules,
    fetch: () =>
      Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })),
  })
  expect(await broken.run('request', 'acme', '/me')).toMatchObject({
    code: 12,
    err: expect.stringContaining('try again later'),
  })
})

test('-i prints status and headers to standard error, -v the request as well, neither what signs in', async () => {
  const { fetch } = acmeApi(({ url }) =>
    url.endsWith('/v1/x?page=2')
      ? new Response('ok', {
          status: 200,
          statusText: 'OK',
          headers: { 'set-cookie': `sid=${canary}`, 'x-limit': '9', 'x-echo': canary },
        })
      : undefined,
  )
  const at = await connected({ fetch })
  const args = ['request', 'acme', '/x?page=2', '-H', 'x-trace: 7', '-H', 'x-csrf-token: t0k3n']
  expect(await at.run(...args, '-i')).toEqual({
    code: 0,
    out: 'ok',
    err: '200 OK\ncontent-type: text/plain;charset=UTF-8\nset-cookie: •••\nx-echo: •••\nx-limit: 9\n',
  })
  expect((await at.run(...args, '-v')).err).toBe(
    '> GET /v1/x?page=2\n> host: api.acme.test\n> x-api-key: •••\n> x-csrf-token: •••\n> x-trace: 7\n' +
      '< 200 OK\n< content-type: text/plain;charset=UTF-8\n< set-cookie: •••\n< x-echo: •••\n< x-limit: 9\n',
  )
  expect(at.printed()).not.toContain(canary)
})

test('latchkey --json request gives status, headers and body as one document', async () => {
  const at = await connected()
  expect(JSON.parse((await at.run('--json', 'request', 'acme', '/me')).out)).toEqual({
    status: 200,
    statusText: '',
    headers: { 'content-type': 'application/json' },
    body: { id: 'u-1', name: 'Ada' },
  })
})

test('a secret that a provider repeats in a header or an account is masked', async () => {
  const { fetch } = acmeApi(({ url }) =>
    url.endsWith('/me') ? Response.json({ id: canary, name: `Ada ${canary}` }) : undefined,
  )
  const at = await connected({ fetch })
  expect((await at.run('test', 'acme')).out).toBe('acme works as Ada •••.\n')
  expect(JSON.parse((await at.run('test', 'acme', '--json')).out)).toEqual({
    name: 'acme',
    tested: true,
    account: { id: '•••', label: 'Ada •••' },
  })
})
