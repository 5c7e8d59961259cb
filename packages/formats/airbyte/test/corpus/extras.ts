import { isObject, type JsonObject } from '@latchkey/core/definition'
import { nothing, text, type Config, type Expected } from './expected.ts'
import { lookUps, read } from './reading.ts'

/** The secrets that a requester sends itself, beside its authenticator: those of the form's secret fields. */
export function extrasOf(requester: JsonObject, resolved: JsonObject, config: Config): Expected {
  const secrets = secretsOf(resolved)
  const sent = (member: unknown): Record<string, string> =>
    isObject(member)
      ? Object.fromEntries(
          Object.entries(member)
            .filter(([, value]) => {
              const paths = lookUps(text(value))
              return (
                paths.some((path) => secrets.has(path.join('.'))) &&
                !/\b(?:stream|next|parameters)\w*\b/.test(text(value))
              )
            })
            .map(([name, value]) => [name, read(text(value), config)]),
        )
      : {}
  return {
    ...nothing,
    headers: Object.fromEntries(
      Object.entries(sent(requester['request_headers'])).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    query: sent(requester['request_parameters']),
    form: sent(requester['request_body_data']),
    json: sent(requester['request_body_json']),
  }
}

/** The paths of the properties that hold secrets, in every alternative of the form. */
function secretsOf(resolved: JsonObject): ReadonlySet<string> {
  const found = new Set<string>()
  const walk = (schema: unknown, path: readonly string[]): void => {
    if (!isObject(schema)) return
    if (schema['airbyte_secret'] === true) found.add(path.join('.'))
    for (const [name, each] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {}))
      walk(each, [...path, name])
    for (const kind of ['oneOf', 'anyOf'] as const) {
      const alternatives = schema[kind]
      if (Array.isArray(alternatives)) for (const each of alternatives as readonly unknown[]) walk(each, path)
    }
  }
  const { spec } = resolved
  if (isObject(spec)) walk(spec['connection_specification'] ?? spec['connectionSpecification'], [])
  return found
}

/** What two expectations ask for together. */
export const both = (a: Expected, b: Expected): Expected => ({
  headers: { ...b.headers, ...a.headers },
  query: { ...b.query, ...a.query },
  form: { ...b.form, ...a.form },
  json: { ...b.json, ...a.json },
})
