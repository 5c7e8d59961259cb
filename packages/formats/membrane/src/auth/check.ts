import {
  below,
  invalid,
  isObject,
  unknownMembers,
  unsupported,
  type Warning,
} from '@latchkey/core/definition'
import { clientMembers } from '../client/config.ts'
import type { AuthType, Definition, Implementation, MethodName } from '../dialect/types.ts'
import { locatorsIn, parseLocator } from '../formula/index.ts'
import { isPlain } from './urls.ts'
import { missingMethod } from './oauth-config.ts'

type Kind = Implementation['kind']

/** How a method may be implemented. membrane.md section 5. */
const kinds: Readonly<Record<MethodName, readonly Kind[]>> = {
  makeApiClient: ['mapping', 'javascript'],
  test: ['mapping', 'rest-api-mapping', 'graphql-api-mapping', 'javascript'],
  refreshCredentials: ['mapping', 'javascript'],
  disconnect: ['javascript'],
  getOAuthConfig: ['mapping', 'javascript'],
  getTokenData: ['mapping', 'javascript'],
  getCredentialsFromAccessTokenResponse: ['mapping', 'javascript'],
  getCredentialsFromRefreshTokenResponse: ['mapping', 'javascript'],
  getCredentialsFromConnectionParameters: ['mapping', 'javascript'],
}

const everywhere: readonly MethodName[] = ['makeApiClient', 'test']
const renews: readonly MethodName[] = ['refreshCredentials', 'disconnect']

/** Which methods a type knows. */
const known: Readonly<Record<AuthType, readonly MethodName[]>> = {
  'client-credentials': [...everywhere, ...renews, 'getCredentialsFromConnectionParameters'],
  oauth2: Object.keys(kinds) as MethodName[],
  oauth1: [...everywhere, ...renews, 'getOAuthConfig'],
  proxy: everywhere,
  'integration-app-token': everywhere,
  'membrane-token': everywhere,
}

/** What a type cannot do without. */
const needs: Readonly<Partial<Record<AuthType, MethodName>>> = {
  'client-credentials': 'makeApiClient',
  oauth2: 'getOAuthConfig',
  oauth1: 'getOAuthConfig',
}

const configMembers = [
  'clientId',
  'clientSecret',
  'consumerKey',
  'consumerSecret',
  'requestTokenUri',
  'authorizeUri',
  'tokenUri',
  'scopes',
  'clientAuthLocation',
  'noRefreshToken',
  'skipPkce',
  'extra',
  'redirectUri',
  'skipClientAuthInBody',
  'skipClientAuthInHeader',
]

/**
 * Finds what cannot work before anybody connects, and warns of what works and is risky or is passed over.
 * @throws {AuthError} definition_invalid or unsupported, with the path
 */
export function checkMethods(definition: Definition, type: AuthType): readonly Warning[] {
  const { at } = definition
  const need = needs[type]
  if (need !== undefined && (definition[need]?.kind ?? 'not-supported') === 'not-supported')
    throw invalid(at, `the type ${type} ${missingMethod(need)}`)
  if (type === 'proxy' && definition.proxyKey === undefined)
    throw invalid(at, 'the type proxy needs proxyKey')
  const given = (Object.keys(kinds) as MethodName[]).flatMap((name) => {
    const method = definition[name]
    return method === undefined || method.kind === 'not-supported' ? [] : [{ name, method }]
  })
  for (const { name, method } of given) {
    if (!kinds[name].includes(method.kind))
      throw unsupported(
        method.at,
        `a ${method.kind} cannot be ${name}; give it as ${kinds[name].join(' or ')}`,
      )
  }
  const client = definition.makeApiClient
  if (client?.kind === 'mapping' && !isPlain(client.mapping) && speaksOfResponse(client.mapping))
    throw unsupported(client.at, 'response handlers inside a formula; write them beside baseUri and headers')
  return [
    ...given
      .filter(({ name }) => !known[type].includes(name))
      .map(({ name, method }) => ({ path: method.at, message: `The type ${type} never calls ${name}.` })),
    ...membersOf(definition.makeApiClient, clientMembers),
    ...membersOf(definition.getOAuthConfig, configMembers),
    ...(type === 'oauth2' && definition.makeApiClient === undefined
      ? [{ path: at, message: 'Without makeApiClient the access token is sent as a bearer token.' }]
      : []),
    ...twice(definition.getOAuthConfig),
  ]
}

/** A formula around a whole client would be worked out before there is a response. */
const speaksOfResponse = (mapping: unknown): boolean =>
  locatorsIn(mapping).some((locator) => parseLocator(locator)?.[0] === 'response')

function membersOf(method: Implementation | undefined, names: readonly string[]): Warning[] {
  if (method?.kind !== 'mapping' || !isPlain(method.mapping) || !isObject(method.mapping)) return []
  return unknownMembers(method.mapping, names, method.at)
}

function twice(method: Implementation | undefined): Warning[] {
  if (method?.kind !== 'mapping' || !isPlain(method.mapping)) return []
  return method.mapping['clientAuthLocation'] === 'both'
    ? [
        {
          path: below(method.at, 'clientAuthLocation'),
          message:
            'RFC 6749 section 2.3 allows one proof of the client in a request, and strict servers refuse two.',
        },
      ]
    : []
}
