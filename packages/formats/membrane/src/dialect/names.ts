import type { AuthType, MethodName } from './types.ts'

/** The six types. membrane.md section 3. */
export const authTypes: readonly AuthType[] = [
  'client-credentials',
  'oauth2',
  'oauth1',
  'proxy',
  'integration-app-token',
  'membrane-token',
]

/** Every method, with the names that it had before, and those that its file may have, without ending. */
export const methods: readonly {
  readonly name: MethodName
  readonly old: readonly string[]
  readonly files: readonly string[]
}[] = [
  { name: 'makeApiClient', old: [], files: ['make-api-client'] },
  { name: 'test', old: [], files: ['test'] },
  { name: 'refreshCredentials', old: [], files: ['refresh-credentials'] },
  { name: 'disconnect', old: [], files: ['disconnect'] },
  {
    name: 'getOAuthConfig',
    old: ['oAuthConfig', 'getOauthConfig'],
    files: ['get-oauth-config', 'get-o-auth-config', 'oauth-config'],
  },
  { name: 'getTokenData', old: [], files: ['get-token-data'] },
  {
    name: 'getCredentialsFromAccessTokenResponse',
    old: ['getCredentialsFromTokenResponse'],
    files: ['get-credentials-from-access-token-response', 'get-credentials-from-token-response'],
  },
  {
    name: 'getCredentialsFromRefreshTokenResponse',
    old: [],
    files: ['get-credentials-from-refresh-token-response'],
  },
  {
    name: 'getCredentialsFromConnectionParameters',
    old: ['getCredentialsFromConnectionInput'],
    files: ['get-credentials-from-connection-parameters', 'get-credentials-from-connection-input'],
  },
]

/** What an authentication may say besides its methods. */
export const authMembers: readonly string[] =
  `type title description inputSchema parametersSchema credentialsSchema customCredentialsSchema ui proxyKey enabled
  options helpUri key name`.split(/\s+/)

/** What a connector says of itself that authentication has no use for. */
export const connectorMembers: readonly string[] =
  `id uuid key name title description version logoUri icon tags category categories helpUri documentationUrl
  documentation appId appUuid externalAppId baseUri baseUrl hasCode state revision workspaceId createdAt updatedAt
  isPublic isDeprecated options spec operations actions flows dataSources dataCollections data collections udm events
  globalWebhooks webhooks fieldMappings features oAuthCallbackUri parametersSchema`.split(/\s+/)
