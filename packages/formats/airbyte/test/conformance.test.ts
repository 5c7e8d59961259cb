import { expect, test } from '@jest/globals'
import type { AuthStrategy } from '@latchkey/core'
import type { JsonObject } from '@latchkey/core/definition'
import type { OAuth2Credentials } from '@latchkey/oauth2'
import { fromAirbyte } from '@latchkey/format-airbyte'
import { testStrategy, type SeenRequest } from '@latchkey/testing'
import { manifestOf, oauth, open, secret } from './oauth/support.ts'

const runner = { test, expect }
const client = { client_id: 'client-id-canary', client_secret: 'client-secret-canary' }
const settings = { ...client, refresh_token: 'refresh-canary-0' }
const api = 'https://api.latchkey.test'

/** The strategy of a manifest whose API is that of the laws. */
const authOf = (manifest: JsonObject): AuthStrategy =>
  fromAirbyte(JSON.parse(JSON.stringify(manifest).replaceAll('https://api.example.com', api))).connector.auth

/** A token endpoint that rotates. */
const provider = ({ url }: SeenRequest, { nth }: { readonly nth: number }): Response | undefined =>
  url.host === 'as.example.com'
    ? Response.json({
        access_token: `access-canary-${nth}`,
        refresh_token: `refresh-canary-${nth}`,
        expires_in: 600,
      })
    : undefined

const accepts = ({ headers }: SeenRequest, { credentials }: { readonly credentials: unknown }): boolean =>
  headers.get('authorization') ===
  `Bearer ${(credentials as OAuth2Credentials | undefined)?.accessToken ?? ''}`

testStrategy(
  authOf(manifestOf({ ...oauth, refresh_token_updater: {} })),
  { name: 'a refresh token for single use', settings, provider, accepts },
  runner,
)

const { refresh_token: _, ...withoutRefreshToken } = oauth
testStrategy(
  authOf(
    manifestOf(
      { ...withoutRefreshToken, grant_type: 'client_credentials' },
      { client_id: open, client_secret: secret },
    ),
  ),
  { name: 'client credentials', settings: client, provider, accepts },
  runner,
)
