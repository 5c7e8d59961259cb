import { expect, test } from '@jest/globals'
import { connect, type Connection } from '@latchkey/core'
import { isObject, type JsonObject } from '@latchkey/core/definition'
import { fromMembrane, verifyToken, type Files, type MembraneImport } from '@latchkey/format-membrane'
import { missing } from '../../../../tools/needs.ts'
import { network, type Sent } from '../../../../tools/network.ts'
import { present, specs } from './corpus.ts'

type Members = JsonObject

const redirectUri = 'https://app.test/cb'
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const membersOf = (value: unknown): Members => (isObject(value) ? value : {})

/**
 * A file's text as the module that a host would import: the test's own doing, and nothing that the package does. What it
 * imports of axios goes through the fetch that functions are given.
 */
const moduleOf = async (code: string): Promise<unknown> => {
  const plain = code.replace(
    /^import axios from 'axios'\n/m,
    `const axios = { post: async (url, data) => {
      const response = await globalThis.corpusFetch(url, { method: 'POST', body: JSON.stringify(data) })
      return { data: await response.json() }
    } }\n`,
  )
  const text = /^exports\./m.test(plain)
    ? `const exports = {}\n${plain}\nexport { exports as module }`
    : plain
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Members
  return module['module'] ?? module
}

/** The specification with its code imported. */
const loaded = async (spec: Members): Promise<{ readonly definition: unknown; readonly files: Files }> => {
  const files = await Promise.all(
    Object.entries(membersOf(spec['files'])).map(async ([path, content]) => [
      path,
      typeof content === 'string' ? await moduleOf(content) : content,
    ]),
  )
  const methods = Object.entries(membersOf(spec['connector'])).map(async ([name, value]) => {
    const { code } = membersOf(value)
    return [name, typeof code === 'string' ? { ...membersOf(value), code: await moduleOf(code) } : value]
  })
  const connector = spec['connector'] && (Object.fromEntries(await Promise.all(methods)) as Members)
  return { definition: connector ?? { auth: spec['auth'] }, files: Object.fromEntries(files) as Files }
}

/** Functions that a specification names and does not have: one that does nothing stands in, once that has been said. */
const standIns = (definition: unknown, files: Files): Files => {
  try {
    fromMembrane(definition, { files })
    return files
  } catch (error) {
    const [, path] = /needs the file (\S+):/.exec((error as Error).message) ?? []
    if (path === undefined) throw error
    return standIns(definition, { ...files, [path]: () => ({}) })
  }
}

/** The API and the provider of a definition: tokens from its endpoints, and an account from any path. */
const answerTo = ({ url, body }: Sent, count: number): Response => {
  if (/request_token$/.test(url))
    return new Response('oauth_token=rt-1&oauth_token_secret=rs-1&oauth_callback_confirmed=true')
  if (/access_token$/.test(url)) return new Response('oauth_token=at-1&oauth_token_secret=as-1')
  if (/get-token$/.test(url))
    return Response.json((JSON.parse(body) as Members)['password'] === 'pw' ? { access_token: 't1' } : {})
  if (/\/token$/.test(url))
    return Response.json({ access_token: count > 3 ? 'AT2' : 'AT', refresh_token: 'RT' })
  if (/\/expired$/.test(url)) return Response.json({ category: 'EXPIRED_AUTHENTICATION' })
  return Response.json({ id: 'u1', name: 'Ada', success: true, status: 200 })
}

const open = (imported: MembraneImport, settings: object, more: object = {}) => {
  const { fetch, sent } = network(answerTo)
  return { sent, fetch, connection: connect(imported.connector, { settings, fetch, ...more }) }
}

const signIn = async (connection: Connection): Promise<URL> => {
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  const state = new URL(url).searchParams.get('state')
  const back = state === null ? 'oauth_token=rt-1&oauth_verifier=v' : `code=c-1&state=${state}`
  expect(await connection.authorize.complete(pending, `${redirectUri}?${back}`)).toBe(true)
  return new URL(url)
}

/** What Membrane's own evaluation says of a file or a method. */
const evaluated = (spec: Members, name: string): Members => {
  const found = Object.entries(membersOf(spec['sdkEvaluatedMappings'])).find(([path]) =>
    path.replaceAll('-', '').toLowerCase().includes(name.toLowerCase()),
  )
  // Where it was not run, the mapping itself says all but the client.
  const { mapping } = membersOf(membersOf(spec['connector'])[name])
  const { clientId, clientSecret } = membersOf(membersOf(spec['given'])['connectorParameters'])
  return membersOf(found?.[1] ?? { ...membersOf(mapping), clientId, clientSecret })
}

/** Headers that a request must have: those of the evaluation, or what the documentation means them to be. */
const headersIn = (spec: Members): [string, string][] => {
  const intended = {
    ...membersOf(evaluated(spec, 'makeApiClient')['headers']),
    ...membersOf(membersOf(spec['expect'])['intendedHeaders']),
  }
  return Object.entries(intended).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  )
}

const carries = (request: Sent | undefined, spec: Members): void => {
  for (const [name, value] of headersIn(spec))
    expect([name, request?.headers.get(name)]).toEqual([name, value])
}

const runs: Readonly<
  Record<string, (spec: Members, imported: MembraneImport, given: Members) => Promise<void>>
> = {
  async 'client-credentials'(spec, imported, given) {
    const input = membersOf(given['connectionInput'] ?? given['credentials'])
    const asked = Object.keys(imported.connector.auth.fields).length > 0
    const config = { input: asked ? input : {}, credentials: asked ? {} : input }
    const { connection, sent, fetch } = open(imported, imported.settingsOf(config), {
      credentials: imported.credentialsOf(config),
    })
    Object.assign(globalThis, { corpusFetch: fetch })
    if (imported.connector.auth.test) await connection.test()
    const { baseUri, baseUrl } = evaluated(spec, 'makeApiClient')
    const base = textOf(baseUri ?? baseUrl)
    await connection.http('items?page=2').text()
    const last = sent.at(-1)
    if (base !== '') expect(last?.url.startsWith(`${base}/items?page=2`)).toBe(true)
    carries(last, spec)
    const { firstRequest } = membersOf(spec['expect'])
    const { url } = membersOf(firstRequest) as { readonly url?: string }
    if (url !== undefined) expect(sent.some((request) => url.startsWith(request.url))).toBe(true)
  },
  async oauth2(spec, imported, given) {
    const config = { connectorParameters: membersOf(given['connectorParameters']) }
    const { connection, sent } = open(imported, imported.settingsOf(config))
    const { searchParams, origin, pathname } = await signIn(connection)
    const expected = evaluated(spec, 'getOAuthConfig')
    expect(`${origin}${pathname}`).toBe(expected['authorizeUri'])
    expect(sent[0]?.url).toBe(expected['tokenUri'])
    expect(searchParams.get('client_id')).toBe(expected['clientId'])
    expect(searchParams.get('scope')).toBe((expected['scopes'] as string[] | undefined)?.join(' ') ?? null)
    expect(searchParams.get('code_challenge_method')).toBe('S256')
    for (const [name, value] of Object.entries(membersOf(expected['extra'])))
      expect([name, searchParams.get(name)]).toEqual([name, value])
    const inBody = new URLSearchParams(sent[0]?.body).get('client_secret')
    expect(inBody).toBe(expected['clientAuthLocation'] === 'body' ? expected['clientSecret'] : null)
    await connection.http('items').text()
    carries(sent[1], spec)
    expect(sent[1]?.url).toBe(`${textOf(evaluated(spec, 'makeApiClient')['baseUri'])}/items`)
    if (imported.connector.auth.test) await connection.test()
    await connection.refresh()
    expect(sent.at(-1)?.body).toContain('grant_type=refresh_token&refresh_token=RT')
    if (evaluated(spec, 'makeApiClient')['responseHandlers'] === undefined) return
    const before = sent.length
    expect(await connection.http('expired').json()).toMatchObject({ category: 'EXPIRED_AUTHENTICATION' })
    expect(sent.slice(before).map(({ url }) => new URL(url).pathname)).toEqual([
      '/expired',
      '/oauth2/token',
      '/expired',
    ])
  },
  async oauth1(spec, imported, given) {
    const config = { connectorParameters: membersOf(given['connectorParameters']) }
    const { connection, sent } = open(imported, imported.settingsOf(config))
    const { searchParams } = await signIn(connection)
    const { extra, requestTokenUri, tokenUri } = evaluated(spec, 'getOAuthConfig')
    expect(Object.fromEntries(searchParams)).toEqual({ ...membersOf(extra), oauth_token: 'rt-1' })
    await connection.test()
    expect(sent.map(({ url }) => url)).toEqual([requestTokenUri, tokenUri, 'https://api.example.test/user'])
    expect(sent[2]?.headers.get('authorization')).toMatch(
      /^OAuth oauth_consumer_key="ck", oauth_token="at-1", .*oauth_signature="/,
    )
  },
  async proxy(_, imported) {
    const { connection, sent } = open(imported, {})
    await expect(connection.fetch('https://api.example.test/')).rejects.toMatchObject({ code: 'unsupported' })
    expect(sent.length).toBe(0)
    expect(imported.warnings.map(({ path }) => path)).toEqual(['auth.proxyKey'])
  },
  async 'integration-app-token'(spec, imported, given) {
    const { workspace, user } = given as Record<string, Record<string, string>>
    const settings = {
      workspaceKey: workspace?.['key'],
      workspaceSecret: workspace?.['secret'],
      userId: user?.['id'],
    }
    const { connection, sent } = open(imported, settings, { baseUrl: 'https://api.example.test' })
    await connection.http('me').text()
    const { header, headers, jwt } = membersOf(spec['expect'])
    const names = (headers as string[] | undefined) ?? [header as string]
    const sentNames = [...(sent[0]?.headers.keys() ?? [])].filter((name) => name.endsWith('-token'))
    expect(sentNames.sort()).toEqual(names.map((name) => name.toLowerCase()).sort())
    const secret = workspace?.['secret'] ?? ''
    const claims = await verifyToken(sent[0]?.headers.get(names[0] ?? '') ?? '', { secret, now: Date.now() })
    const { iss, sub } = membersOf(membersOf(jwt)['claims'])
    expect(claims).toMatchObject({ iss: iss ?? 'ws-key', sub: sub ?? 'user-1' })
  },
}

if (!present) missing('corpora/membrane', 'specifications to run')
else
  test.each(specs())('%s loads and runs against an API made of it', async (_, raw) => {
    const spec = membersOf(raw)
    const { definition, files } = await loaded(spec)
    const imported = fromMembrane(definition, { files: standIns(definition, files) })
    const given = membersOf(spec['given'])
    const own = membersOf(spec['auth'] ?? spec['connector'])
    if (!isObject(own['options']))
      return runs[textOf(own['type']).replace('membrane-', 'integration-app-')]?.(spec, imported, given)
    const keys = Object.keys(imported.connector.auth.choices ?? {})
    expect(keys).toEqual(membersOf(spec['expect'])['options'])
    for (const key of keys) {
      const config = {
        authOptionKey: key,
        input: membersOf(given['credentials']),
        connectorParameters: membersOf(given['connectorParameters']),
      }
      const { connection, sent } = open(imported, imported.settingsOf(config))
      if (imported.connector.auth.choices?.[key]?.authorize) await signIn(connection)
      await connection.http('items').text()
      const token = key === 'oauth' ? 'AT' : 'k'
      expect(sent.at(-1)?.headers.get('authorization')).toBe(`Bearer ${token}`)
    }
    return undefined
  })
