import type { FieldValue } from '@latchkey/core'
import { checkOrigin } from '@latchkey/core/http'
import type { Definition } from './definition.ts'
import { extensionOf } from './extension.ts'
import type { SegmentRequestOptions } from './types.ts'
import { valuesFor, type ReadField } from './values.ts'

type Fields = Readonly<Record<string, ReadField>>

/** What a definition shows of itself when it is called with made-up settings. */
export interface Probe {
  /** Each base URL that came back, as a pattern; undefined in it: the host is made of settings in a way that no pattern says. */
  readonly origins: ReadonlySet<string | undefined>
  /** Fields whose value was the whole first label of a host. */
  readonly labels: ReadonlySet<string>
  /** The members that the extension had. */
  readonly members: ReadonlySet<string>
}

const made = { accessToken: 'madeuptoken', refreshToken: 'madeuprefresh', refreshTokenUrl: undefined }

/** More than any definition needs; each is one call of a function that only computes. */
const mostVariants = 500

const loopback = /^http:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::|$)/

/** A value that can be found again in a host: lower case, one label, no part of another. */
const stamp = (at: number): string => `madeup${at}label`

/** The stamps by field. */
export const stampsOf = (fields: Fields): Map<string, string> =>
  new Map(Object.keys(fields).map((name, at) => [name, stamp(at)]))

/** Settings that fill every field: first all alike, then one field at a time with each of its other values. */
export function variantsOf(fields: Fields): Readonly<Record<string, unknown>>[] {
  const values = Object.entries(fields).map(([name, { field }], at): [string, readonly FieldValue[]] => {
    const preset = field.default === undefined || field.default === '' ? [] : [field.default]
    if (field.type === 'boolean') return [name, [true, false]]
    if (field.type === 'number') return [name, [...preset, 1]]
    if (typeof field.choices === 'object')
      return [name, field.choices.map((choice) => (typeof choice === 'string' ? choice : choice.value))]
    return [name, [stamp(at), ...preset]]
  })
  const first = Object.fromEntries(values.map(([name, [value]]) => [name, value]))
  const others = values.flatMap(([name, [, ...more]]) => more.map((value) => ({ ...first, [name]: value })))
  return [first, ...others].slice(0, mostVariants)
}

/** Calls `extendRequest` with made-up settings; nothing is sent. What fails shows nothing. */
export function probe(definition: Definition, fields: Fields): Probe {
  const stamps = stampsOf(fields)
  const found = {
    origins: new Set<string | undefined>(),
    labels: new Set<string>(),
    members: new Set<string>(),
  }
  for (const settings of definition.extend === undefined ? [] : variantsOf(fields)) {
    const said = attempt(definition, { settings: valuesFor(settings, fields), auth: made })
    for (const [name, value] of Object.entries(said)) if (value !== undefined) found.members.add(name)
    if (said.prefixUrl === undefined) continue
    const { origin, label } = patternOf(String(said.prefixUrl), stamps)
    found.origins.add(origin)
    if (label !== undefined) found.labels.add(label)
  }
  return found
}

function attempt(...given: Parameters<typeof extensionOf>): SegmentRequestOptions {
  try {
    const said = extensionOf(...given)
    if (!(said instanceof Promise)) return said
    // What takes its time cannot be looked at while a module is loaded.
    said.catch(() => undefined)
  } catch {
    // Made-up settings may be refused.
  }
  return {}
}

/**
 * The origin of a URL whose stamped parts any value may take: exact, or with one wildcard label in front. Undefined where
 * values choose more than that.
 */
export function patternOf(
  url: string,
  stamps: ReadonlyMap<string, string>,
): { readonly origin: string | undefined; readonly label?: string | undefined } {
  const [, scheme = '', authority = ''] = /^(https?):\/\/([^/?#\\@]*)(?:[/?#]|$)/i.exec(url) ?? []
  const [, host = '', port = ''] = /^(.*?)(:\d*)?$/.exec(authority) ?? []
  const [first = '', ...rest] = host.toLowerCase().split('.')
  const isMade = (text: string): boolean => [...stamps.values()].some((each) => text.includes(each))
  if (isMade(rest.join('.')) || isMade(port)) return { origin: undefined }
  const pattern = isMade(first) ? ['*', ...rest].join('.') : host
  try {
    const origin = checkOrigin(`${scheme}://${pattern}${port}`, 'prefixUrl')
    // Secrets travel only over TLS, save on this machine.
    if (/^http:/.test(origin) && !loopback.test(origin)) return { origin: undefined }
    return { origin, label: [...stamps].find(([, each]) => each === first)?.[0] }
  } catch {
    return { origin: undefined }
  }
}
