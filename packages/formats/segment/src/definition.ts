import {
  below,
  invalid,
  isObject,
  unknownMembers,
  type JsonObject,
  type Warning,
} from '@latchkey/core/definition'

/** A function of a definition: what it takes is ours to give, what it returns is unknown. */
export type Foreign = (...given: unknown[]) => unknown

export type Scheme = 'none' | 'basic' | 'custom' | 'oauth2' | 'oauth-managed'

/** A definition whose shape has been checked. */
export interface Definition {
  readonly name: string
  readonly slug: string | undefined
  readonly description: string | undefined
  readonly scheme: Scheme
  /** As they were written. */
  readonly fields: Readonly<Record<string, JsonObject>>
  readonly test: Foreign | undefined
  readonly refresh: Foreign | undefined
  readonly extend: Foreign | undefined
  readonly warnings: readonly Warning[]
}

/** Members of a destination besides those that are read here: its actions, which do not run here. */
const ofDestination = [
  ...['name', 'slug', 'description', 'authentication', 'extendRequest', 'mode', 'actions', 'presets'],
  ...['onDelete', 'audienceConfig', 'audienceFields', 'settings', 'hooks', 'hidden', 'partnerOwned'],
]
const ofAuthentication = [
  ...['scheme', 'fields', 'testAuthentication', 'testRequest', 'refreshAccessToken'],
  ...['description', 'label'],
]

/**
 * Checks the shape of a destination.
 * @throws {AuthError} definition_invalid naming the member, unsupported for a scheme that Segment has not either
 */
export function readDefinition(given: unknown): Definition {
  if (!isObject(given)) throw invalid('', 'it must be the object that a destination exports.')
  if (isObject(given['default']) && given['authentication'] === undefined && given['name'] === undefined)
    throw invalid('', 'it is a module; give the destination that it exports, its member default.')
  const { authentication = {} } = given
  if (!isObject(authentication)) throw invalid('authentication', 'it must be an object.')
  const scheme = schemeOf(given, authentication)
  const test = functionAt(authentication, 'testAuthentication', 'authentication')
  const documented = functionAt(authentication, 'testRequest', 'authentication')
  const refresh = functionAt(authentication, 'refreshAccessToken', 'authentication')
  const isOAuth = scheme === 'oauth2' || scheme === 'oauth-managed'
  const warnings = [
    ...unknownMembers(given, ofDestination, ''),
    ...unknownMembers(authentication, ofAuthentication, 'authentication'),
    ...when(test !== undefined && documented !== undefined, {
      path: 'authentication.testRequest',
      message: 'It is passed over, because testAuthentication is there too; keep one of them.',
    }),
    ...when(refresh !== undefined && !isOAuth, {
      path: 'authentication.refreshAccessToken',
      message: `It is never called: only oauth2 and oauth-managed have tokens, and the scheme is ${scheme}.`,
    }),
  ]
  return {
    name: textAt(given, 'name') ?? textAt(given, 'slug') ?? missing('name'),
    slug: textAt(given, 'slug'),
    description: textAt(given, 'description'),
    scheme,
    fields: fieldsOf(authentication['fields']),
    test: test ?? documented,
    refresh: isOAuth ? refresh : undefined,
    extend: functionAt(given, 'extendRequest', ''),
    warnings,
  }
}

export const when = (holds: boolean, warning: Warning): Warning[] => (holds ? [warning] : [])

function schemeOf(given: JsonObject, authentication: JsonObject): Scheme {
  if (given['authentication'] === undefined) return 'none'
  const { scheme } = authentication
  const known = ['basic', 'custom', 'oauth2', 'oauth-managed'] as const
  const found = known.find((each) => each === scheme)
  if (found !== undefined) return found
  throw invalid('authentication.scheme', `it must be one of ${known.join(', ')}.`)
}

function fieldsOf(fields: unknown): Record<string, JsonObject> {
  if (fields === undefined) return {}
  if (!isObject(fields)) throw invalid('authentication.fields', 'it must be an object of fields by name.')
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const path = below('authentication.fields', name)
      if (['', '__proto__'].includes(name)) throw invalid(path, 'a field cannot have this name; rename it.')
      if (isObject(field)) return [name, field]
      throw invalid(path, 'a field must be an object.')
    }),
  )
}

function functionAt(from: JsonObject, name: string, path: string): Foreign | undefined {
  const value: unknown = from[name]
  if (value === undefined) return undefined
  if (typeof value === 'function') return value as Foreign
  throw invalid(below(path, name), 'it must be a function; import the module instead of reading it as data.')
}

function textAt(from: JsonObject, name: string): string | undefined {
  const value = from[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function missing(name: string): never {
  throw invalid(name, 'it is missing; it names the connector.')
}
