import { generateKeyPairSync } from 'node:crypto'
import { expect } from '@jest/globals'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { api, app, json, open, tokenUrl, world, type Seen, type World } from './support.ts'

export const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
export const token = { access_token: 'first-access-token', expires_in: 3600 }
export const cc = { grant: 'client_credentials', tokenUrl } as const satisfies OAuth2Options

/** The one request for a token that these options lead to. */
export async function asked(
  options: OAuth2Options,
  settings: object = app,
): Promise<Seen & { readonly provider: World }> {
  const provider = world(() => json(token))
  const { connection } = open(oauth2(options), provider, { settings })
  await connection.fetch(api)
  expect(provider.asked).toHaveLength(1)
  return { ...(provider.asked[0] as Seen), provider }
}
