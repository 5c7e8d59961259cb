import type { Json } from '@latchkey/core'
import { below, type JsonObject } from '@latchkey/core/definition'
import type { Given, RequestShape, Values } from '@latchkey/oauth2'
import { renderText, renderValue, type Scope } from '../template/index.ts'
import { asText, type OAuthDefinition } from './definition.ts'
import { provesClient } from './settings.ts'

/** The scope of templates travels among the settings of the inner strategy. */
export const scopeIn = ({ settings }: Given): Scope => settings['scope'] as Scope

/** Keys and values of a map of templates; what is no text stays what it is. */
export function renderedMap(map: JsonObject, scope: Scope, at: string): [string, Json][] {
  return Object.entries(map).map(([name, value]) => {
    const place = below(at, name)
    return [renderText(name, scope, place), rendered(value ?? null, scope, place)]
  })
}

function rendered(value: Json, scope: Scope, at: string): Json {
  if (typeof value === 'string') return (renderValue(value, scope, at) ?? '') as Json
  if (Array.isArray(value))
    return (value as readonly Json[]).map((each, index) => rendered(each, scope, below(at, index)))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, each]) => [
      name,
      rendered(each ?? null, scope, below(at, name)),
    ]),
  )
}

/** Headers of templates. */
export const headersOf =
  (map: JsonObject, at: string): Values<string> =>
  (given) => {
    const scope = scopeIn(given)
    return Object.fromEntries(
      Object.entries(map).map(([name, value]) => {
        const place = below(at, name)
        return [renderText(name, scope, place), renderText(asText(value), scope, place)]
      }),
    )
  }

/** The request for tokens as the definition describes it. */
export function requestShape(definition: OAuthDefinition, format: 'form' | 'json'): RequestShape {
  const { names, at, inQuery, headers } = definition
  return {
    format: inQuery ? 'query' : format,
    names: {
      client_id: names.clientId,
      client_secret: names.clientSecret,
      refresh_token: names.refreshToken,
      grant_type: names.grant,
    },
    omit: [],
    query: {},
    headers: headersOf(headers, below(at, 'refresh_request_headers')),
    params: (given) => extras(definition, given),
  }
}

/** What is sent besides the standard parameters, none of which it can replace. */
function extras(definition: OAuthDefinition, given: Given): Record<string, Json> {
  const { at, body, names, scopes } = definition
  const scope = scopeIn(given)
  const { clientSecret } = given.settings
  const proved = provesClient(definition)
  const listed = scopes.map((each, index) => renderText(each, scope, below(below(at, 'scopes'), index)))
  const standard = [
    names.grant,
    names.refreshToken,
    ...(proved ? [] : [names.clientId, names.clientSecret]),
    ...(listed.length > 0 ? ['scopes'] : []),
  ]
  return {
    // A secret that was left empty is sent as such.
    ...(!proved && clientSecret === '' && { [names.clientSecret]: '' }),
    // Not RFC 6749's `scope`: this is what the name means in existing definitions, repeated for each.
    ...(listed.length > 0 && { scopes: listed }),
    ...Object.fromEntries(
      renderedMap(body, scope, below(at, 'refresh_request_body')).filter(
        ([name]) => !standard.includes(name),
      ),
    ),
  }
}

/** The request with a signed assertion: nothing else is sent, neither scopes nor `refresh_request_body`. */
export function assertionShape({ at, names, headers }: OAuthDefinition): RequestShape {
  return {
    names: { grant_type: names.grant },
    headers: headersOf(headers, below(at, 'refresh_request_headers')),
    params: ({ settings }) => ({ assertion: settings['assertion'] as string }),
  }
}
