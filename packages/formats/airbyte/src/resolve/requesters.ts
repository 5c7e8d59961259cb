import { below, invalid, isObject, type JsonObject } from '@latchkey/core/definition'

/** A request that a stream makes, and how it is authenticated. */
export interface StreamAuth {
  /** The stream's name, as the manifest writes it. */
  readonly stream: string
  /** The place of the requester: `streams[0].retriever.requester`. */
  readonly at: string
  /** True where the request is made for a parent stream, or to find out which streams there are. */
  readonly isSecondary: boolean
  readonly requester: JsonObject
  /** The template of `url_base` or `url`. */
  readonly urlBase: string | undefined
  readonly path: string | undefined
  /** The `$parameters` of the requester. */
  readonly parameters: JsonObject | undefined
  /** Absent: none is needed. */
  readonly authenticator: JsonObject | undefined
}

/**
 * Every request of every stream of a resolved manifest, in the order of the file; a stream's own before its parents'.
 * @throws {AuthError} definition_invalid for streams and authenticators that are none
 */
export function authenticatorsOf(resolved: JsonObject): readonly StreamAuth[] {
  return (['streams', 'dynamic_streams'] as const).flatMap((kind) => {
    const streams: unknown = resolved[kind] ?? []
    if (!Array.isArray(streams)) throw invalid(kind, 'this must be a list of streams.')
    return (streams as readonly unknown[]).flatMap((stream, index) => {
      const at = below(kind, index)
      if (!isObject(stream)) throw invalid(at, 'a stream must be an object.')
      const found = requestersIn(stream, nameOf(stream, at), at, false)
      return [...found.filter((each) => !each.isSecondary), ...found.filter((each) => each.isSecondary)]
    })
  })
}

function nameOf(stream: JsonObject, at: string): string {
  const template = stream['stream_template']
  const name = stream['name'] ?? (isObject(template) ? template['name'] : undefined)
  return typeof name === 'string' && name !== '' ? name : at
}

const secondary = ['parent_stream_configs', 'components_resolver', 'schema_loader']

function requestersIn(value: unknown, stream: string, at: string, isSecondary: boolean): StreamAuth[] {
  if (Array.isArray(value))
    return (value as readonly unknown[]).flatMap((item, index) =>
      requestersIn(item, stream, below(at, index), isSecondary),
    )
  if (!isObject(value)) return []
  const own = isRequester(value) ? [requestOf(value, stream, at, isSecondary)] : []
  const inner = Object.entries(value).flatMap(([name, item]) =>
    // What a login asks for is the authenticator's; parameters are copies of what stands elsewhere.
    name === 'authenticator' || name === '$parameters'
      ? []
      : requestersIn(item, stream, below(at, name), isSecondary || secondary.includes(name)),
  )
  return [...own, ...inner]
}

const isRequester = ({ type, authenticator }: JsonObject): boolean =>
  (typeof type === 'string' && type.endsWith('Requester')) || isObject(authenticator)

function requestOf(requester: JsonObject, stream: string, at: string, isSecondary: boolean): StreamAuth {
  const { url_base: base, url, path, authenticator, $parameters: parameters } = requester
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  // Passed over, it would be a request that is sent bare.
  if (authenticator !== undefined && authenticator !== null && !isObject(authenticator))
    throw invalid(below(at, 'authenticator'), 'an authenticator must be an object.')
  return {
    stream,
    at,
    isSecondary,
    requester,
    urlBase: text(base) ?? text(url),
    path: text(path),
    parameters: isObject(parameters) ? parameters : undefined,
    authenticator: isObject(authenticator) ? authenticator : undefined,
  }
}
