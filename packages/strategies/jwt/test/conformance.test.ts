import { createHmac, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { coinbaseCdp, jwt, membraneToken } from '@latchkey/jwt'
import { testStrategy, type SeenRequest } from '@latchkey/testing'
import { read } from './support.ts'

const runner = { test, expect }
const secret = 'a-shared-secret-canary-of-32-bytes'
const bearer = ({ headers }: SeenRequest): string =>
  /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1] ?? ''

function isOurs(token: string, key: string, at: number): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url') !== signature) return false
  const { iat, exp } = read(token).payload as { iat: number; exp: number }
  return iat * 1000 <= at && at < exp * 1000
}

testStrategy(
  jwt({ algorithm: 'HS256', iss: 'me' }),
  {
    name: 'HS256',
    settings: { secret },
    accepts: (request, side) => isOurs(bearer(request), side.settings.secret, request.at),
    invalid: [{ settings: {}, field: 'secret' }],
  },
  runner,
)

testStrategy(
  jwt({
    algorithm: 'HS256',
    claims: { path: '{request.path}', hash: '{request.sha256}' },
    in: 'query',
    name: 'token',
  }),
  {
    name: 'HS256 over the request, in the query',
    settings: { secret },
    accepts: (request, side) => {
      const token = request.url.searchParams.getAll('token').join()
      return (
        isOurs(token, side.settings.secret, request.at) &&
        read(token).payload['path'] === request.url.pathname
      )
    },
  },
  runner,
)

const pem = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'pem',
    type: 'pkcs8',
  }) as string

testStrategy(
  coinbaseCdp(),
  {
    name: 'Coinbase',
    settings: { keyName: 'key-name-1', privateKey: pem() },
    other: { keyName: 'key-name-2', privateKey: pem() },
    randomised: true,
    accepts: (request, { settings }) => {
      const [header = '', payload = '', signature = ''] = bearer(request).split('.')
      if (signature === '') return false
      return (
        verify(
          'sha256',
          Buffer.from(`${header}.${payload}`),
          { key: createPublicKey(settings.privateKey), dsaEncoding: 'ieee-p1363' },
          Buffer.from(signature, 'base64url'),
        ) &&
        read(bearer(request)).payload['uri'] ===
          `${request.method} ${request.url.host}${request.url.pathname}`
      )
    },
  },
  runner,
)

testStrategy(
  membraneToken(),
  {
    name: 'Membrane',
    settings: { workspaceKey: 'workspace-1', workspaceSecret: 'workspace-secret-canary', userId: 'user-1' },
    accepts: (request, { settings }) =>
      request.headers.get('x-membrane-token') === request.headers.get('x-integration-app-token') &&
      isOurs(request.headers.get('x-membrane-token') ?? '', settings.workspaceSecret, request.at),
  },
  runner,
)
