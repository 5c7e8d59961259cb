import { generateKeyPairSync } from 'node:crypto'
import { isObject, type JsonObject } from '@latchkey/core/definition'
import { lookUps } from './reading.ts'

/** A key pair for service accounts. */
export const keys: { readonly publicKey: string; readonly privateKey: string } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

type Config = Record<string, unknown>

/** What the templates of a manifest make of a value that the user fills in. */
type Use = 'url' | 'host' | 'label' | 'json' | undefined

/** A configuration that fills in everything a manifest asks for; `chosen` is the value at the path of a selector. */
export function sampleOf(
  resolved: JsonObject,
  chosen?: { readonly path: readonly string[]; readonly value: string },
): Config {
  const spec = isObject(resolved['spec']) ? resolved['spec'] : {}
  const schema = spec['connection_specification'] ?? spec['connectionSpecification']
  const uses = usesIn(resolved)
  const config = isObject(schema) ? (sample(schema, [], uses, chosen) as Config) : {}
  // What authenticators look up and no schema asks for: some manifests leave their form to Python.
  for (const path of uses.all) put(config, path, (before) => before ?? textFor(path, uses.of(path), {}))
  if (chosen) put(config, chosen.path, () => chosen.value)
  return config
}

interface Uses {
  readonly all: readonly (readonly string[])[]
  of(path: readonly string[]): Use
}

function usesIn(resolved: JsonObject): Uses {
  const found = new Map<string, Use>()
  const all = new Map<string, readonly string[]>()
  const note = (path: readonly string[], use: Use): void => {
    const known = found.get(path.join('.'))
    found.set(path.join('.'), known ?? use)
  }
  const walk = (value: unknown, name: string, inside: boolean): void => {
    if (Array.isArray(value))
      value.forEach((item) => {
        walk(item, name, inside)
      })
    else if (isObject(value))
      for (const [key, item] of Object.entries(value)) {
        const starts = ['authenticator', 'url_base', 'url'].includes(key)
        if (key !== '$parameters' && key !== 'connection_specification') walk(item, key, inside || starts)
      }
    else if (typeof value === 'string' && value.includes('config')) {
      if (inside) for (const path of lookUps(value)) all.set(path.join('.'), path)
      if (['url_base', 'url', 'token_refresh_endpoint', 'login_url'].includes(name)) urlUses(value, note)
      if (value.includes('json_loads')) for (const path of lookUps(value)) note(path, 'json')
    }
  }
  for (const kind of ['streams', 'dynamic_streams']) walk(resolved[kind], '', false)
  return { all: [...all.values()], of: (path) => found.get(path.join('.')) }
}

function urlUses(template: string, note: (path: readonly string[], use: Use) => void): void {
  const text = template.trim()
  for (const [whole] of text.matchAll(/\{\{[^]*?\}\}/g)) {
    const [before = '', after = ''] = text.split(whole)
    for (const path of lookUps(whole)) {
      if (/^\{\{\s*config[^ +~]*(?:\s*,[^}]*)?\s*\}\}$/.test(whole) && before === '') note(path, 'url')
      else if (/^https?:\/\/$/.test(before) && /^(?:\/|$)/.test(after)) note(path, 'host')
      else if (/\{\{\s*["']https?:\/\//.test(whole))
        note(path, /host|domain/.test(path.join()) ? 'host' : undefined)
      else note(path, 'label')
    }
  }
}

function sample(
  schema: JsonObject,
  path: readonly string[],
  uses: Uses,
  chosen: { readonly path: readonly string[]; readonly value: string } | undefined,
): unknown {
  if (schema['const'] !== undefined) return schema['const']
  const alternatives = schema['oneOf'] ?? schema['anyOf']
  if (Array.isArray(alternatives)) {
    const branches = (alternatives as readonly unknown[]).filter(isObject)
    const branch = branches.find((each) => chosen && leadsTo(each, path, chosen)) ?? branches[0]
    const shared = isObject(schema['properties'])
      ? (sample({ ...schema, oneOf: undefined, anyOf: undefined }, path, uses, chosen) as object)
      : {}
    return branch ? { ...shared, ...(sample(branch, path, uses, chosen) as object) } : shared
  }
  const choices = schema['enum']
  if (Array.isArray(choices)) return (choices as unknown[])[0]
  const type: unknown = Array.isArray(schema['type'])
    ? schema['type'].find((each) => each !== 'null')
    : schema['type']
  if (type === 'object' || isObject(schema['properties']))
    return Object.fromEntries(
      Object.entries(isObject(schema['properties']) ? schema['properties'] : {})
        .filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
        .map(([name, each]) => [name, sample(each, [...path, name], uses, chosen)]),
    )
  if (type === 'array')
    return isObject(schema['items']) ? [sample(schema['items'], [...path, '0'], uses, chosen)] : []
  if (type === 'integer' || type === 'number') return schema['default'] ?? schema['minimum'] ?? 7
  if (type === 'boolean') return schema['default'] ?? false
  return textFor(path, uses.of(path), schema)
}

/** Whether an alternative is the one whose discriminator has this value. */
function leadsTo(
  branch: JsonObject,
  path: readonly string[],
  { path: to, value }: { readonly path: readonly string[]; readonly value: string },
): boolean {
  if (path.join('.') !== to.slice(0, -1).join('.')) return false
  const properties = branch['properties']
  const property = isObject(properties) ? properties[to.at(-1) ?? ''] : undefined
  if (!isObject(property)) return false
  const choices = property['enum']
  return (
    property['const'] === value ||
    (Array.isArray(choices) && choices.includes(value)) ||
    property['default'] === value
  )
}

const texts = [
  '2024-01-31T00:00:00Z',
  '2024-01-31',
  '2024-01-31T00:00:00.000Z',
  '31-01-2024',
  '2024-01-31 00:00:00',
  '2024-01',
  '17',
  '123456789',
  'sandbox_abc',
  'sk_live_abc123',
  'abc-def',
  'ABC1',
  'true',
  'popular',
  'abcdef',
  'a:b',
  'a=b',
  'data/x',
  'https://x.acme.test/abc',
  'abc',
]

function textFor(path: readonly string[], use: Use, schema: JsonObject): string {
  const name = path
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  const { pattern, format } = schema
  if (use === 'json')
    return JSON.stringify({
      type: 'service_account',
      client_email: 'robot@acme.test',
      private_key: keys.privateKey,
      token_uri: 'https://oauth2.acme.test/token',
    })
  // A separator, a percent sign and an equals sign, to see that each place encodes them in its own way.
  const isSecret = schema['airbyte_secret'] === true && use === undefined
  const own =
    {
      url: 'https://api.acme.test',
      host: 'host.acme.test',
      label: name,
    }[use ?? 'label'] + (isSecret ? '/%3D&=+~.v1' : '')
  const candidates = [own, ...texts, ...examplesOf(schema)]
  const matches = (text: string): boolean => typeof pattern !== 'string' || new RegExp(pattern).test(text)
  const fits = (text: string): boolean =>
    matches(text) &&
    (format !== 'date-time' || /^\d{4}-\d\d-\d\dT/.test(text)) &&
    (format !== 'date' || /^\d{4}-\d\d-\d\d$/.test(text))
  // At home a format is never checked, so that some patterns contradict it.
  return candidates.find(fits) ?? candidates.find(matches) ?? own
}

const examplesOf = ({ examples, default: standard }: JsonObject): string[] =>
  [...(Array.isArray(examples) ? (examples as unknown[]) : []), standard].filter(
    (each) => typeof each === 'string',
  )

function put(config: Config, path: readonly string[], value: (before: unknown) => unknown): void {
  const [name, ...rest] = path
  if (name === undefined) return
  if (rest.length === 0) config[name] = value(config[name])
  else {
    if (config[name] === undefined) config[name] = {}
    if (isObject(config[name])) put(config[name], rest, value)
  }
}
