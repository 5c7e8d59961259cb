import { createPublicKey, verify } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jwtClaims, sha256 } from '@latchkey/core/crypto'
import { base64urlEncode } from '@latchkey/core/http'
import type { Oidc } from './oidc.ts'

/** An API on loopback. */
export interface Resource {
  readonly origin: string
  readonly seen: string[]
  close(): Promise<void>
}

/** An API that asks the provider about each token, and verifies proofs of possession with a nonce of its own. */
export async function startResource({ provider, issuer }: Oidc): Promise<Resource> {
  const seen: string[] = []
  const server: Server = createServer((request, response) => {
    void (async () => {
      const { origin } = resource
      if (request.url === '/.well-known/oauth-protected-resource/mcp') {
        response.setHeader('content-type', 'application/json')
        response.end(
          JSON.stringify({
            resource: `${origin}/mcp`,
            authorization_servers: [issuer],
            scopes_supported: ['openid'],
          }),
        )
        return
      }
      const [kind = '', token = ''] = (request.headers.authorization ?? '').split(' ')
      const found =
        token === ''
          ? undefined
          : ((await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token)))
      const proof = await proofOf(String(request.headers['dpop'] ?? ''), token)
      const bound = found?.jkt
      const fits =
        bound === undefined
          ? kind === 'Bearer'
          : kind === 'DPoP' &&
            proof.jkt === bound &&
            proof.htu === `${origin}${new URL(request.url ?? '', origin).pathname}`
      seen.push(`${kind} ${found === undefined ? 'unknown' : fits ? 'good' : 'bad'}`)
      if (found === undefined || !fits) {
        response
          .writeHead(401, {
            'www-authenticate': `Bearer error="invalid_token", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
          })
          .end()
      } else if (bound !== undefined && proof.nonce !== 'resource-nonce') {
        response
          .writeHead(401, {
            'www-authenticate': 'DPoP error="use_dpop_nonce"',
            'dpop-nonce': 'resource-nonce',
          })
          .end()
      } else response.end('{}')
    })()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const resource: Resource = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(() => done()))),
  }
  return resource
}

async function proofOf(
  proof: string,
  token: string,
): Promise<{ jkt?: string; htu?: unknown; nonce?: unknown }> {
  if (proof === '') return {}
  const [head = '', payload = '', signature = ''] = proof.split('.')
  const { jwk: key } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { jwk: JsonWebKey }
  const good = verify(
    'sha256',
    Buffer.from(`${head}.${payload}`),
    { key: createPublicKey({ key: key as never, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  const { htu, nonce, ath } = jwtClaims(proof) ?? {}
  if (!good || ath !== base64urlEncode(await sha256(token))) return {}
  const { crv, kty, x, y } = key
  return { jkt: base64urlEncode(await sha256(JSON.stringify({ crv, kty, x, y }))), htu, nonce }
}
