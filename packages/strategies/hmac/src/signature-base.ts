import { AuthError } from '@latchkey/core'
import { percentEncode } from '@latchkey/core/http'

/** What a signature covers, in RFC 9421's terms: a header's name, or a derived component such as `@method`. */
export interface Component {
  readonly name: string
  /** Of `@query-param` the parameter's name. */
  readonly parameter: string | undefined
  /** `"@query-param";name="Pet"` */
  readonly identifier: string
}

const derived = new Set(
  /* @__PURE__ */ '@method @target-uri @authority @scheme @request-target @path @query @query-param'.split(
    ' ',
  ),
)

/**
 * A component as it is written in code: `@method`, `content-digest`, `@query-param;name="Pet"`.
 * @throws {TypeError} for one that a request has not
 */
export function parseComponent(text: string): Component {
  const [, name = '', parameter] = /^(@?[a-z\d!#$%&'*+.^_`|~-]+)(?:;name="([^"\\]*)")?$/.exec(text) ?? []
  const isParameter = name === '@query-param'
  if (
    name === '' ||
    (name.startsWith('@') && !derived.has(name)) ||
    isParameter !== (parameter !== undefined)
  )
    throw new TypeError(
      `httpSignature: components has ${JSON.stringify(text)}, which a request does not have`,
    )
  return {
    name,
    parameter,
    identifier: `"${name}"${parameter === undefined ? '' : `;name="${formEncoded(parameter)}"`}`,
  }
}

// RFC 9421 section 2.2.8, and the URL Standard's application/x-www-form-urlencoded percent-encode set.
const formEncoded = (text: string): string =>
  percentEncode(text).replaceAll('%2A', '*').replaceAll('~', '%7E')

/** A request as far as a signature can cover it. */
export interface Covered {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
}

/**
 * The value of a component; undefined for a header that is not there.
 * @throws {AuthError} unsupported for a query parameter that is not there exactly once. RFC 9421 section 2.2.8
 */
export function componentValue(component: Component, { method, url, headers }: Covered): string | undefined {
  const { name, parameter = '' } = component
  switch (name) {
    case '@method':
      return method
    case '@target-uri':
      return url.origin + url.pathname + url.search
    case '@authority':
      return url.host
    case '@scheme':
      return url.protocol.slice(0, -1)
    case '@request-target':
      return url.pathname + url.search
    case '@path':
      return url.pathname
    case '@query':
      return url.search || '?'
    case '@query-param': {
      const [value, ...more] = url.searchParams.getAll(parameter)
      if (value !== undefined && more.length === 0) return formEncoded(value)
      const problem = value === undefined ? 'has no' : 'has several of the'
      throw new AuthError(
        'unsupported',
        `The request ${problem} query parameter "${parameter}", which is to be signed`,
      )
    }
    default:
      return headers
        .get(name)
        ?.trim()
        .replace(/\s*\r?\n\s*/g, ' ')
  }
}

/** What is said of a signature, in the order in which it is written. */
export interface SignatureParameters {
  /** Epoch seconds. */
  readonly created?: number | undefined
  readonly expires?: number | undefined
  readonly keyid?: string | undefined
  readonly alg?: string | undefined
  readonly nonce?: string | undefined
  readonly tag?: string | undefined
}

const order = ['created', 'expires', 'keyid', 'alg', 'nonce', 'tag'] as const

/** What is signed, and the value that says so. */
export interface SignatureBase {
  readonly base: string
  /** `("@method" "date");created=1618884473;keyid="k"` */
  readonly input: string
}

/** RFC 9421 section 2.5. Headers that are not there are left out where `optional` says so, else refused. */
export function signatureBase(
  components: readonly Component[],
  request: Covered,
  parameters: SignatureParameters,
  optional: (name: string) => boolean = () => false,
): SignatureBase {
  const lines: string[] = []
  const identifiers: string[] = []
  for (const component of components) {
    const value = componentValue(component, request)
    if (value === undefined && optional(component.name)) continue
    if (value === undefined)
      throw new AuthError(
        'unsupported',
        `The request has no header "${component.name}", which is to be signed`,
      )
    lines.push(`${component.identifier}: ${value}\n`)
    identifiers.push(component.identifier)
  }
  const said = order.map((name) => {
    const value = parameters[name]
    if (value === undefined) return ''
    // RFC 8941 section 4.1.6: in a string a quote and a backslash are escaped.
    return `;${name}=${typeof value === 'number' ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`
  })
  const input = `(${identifiers.join(' ')})${said.join('')}`
  return { base: `${lines.join('')}"@signature-params": ${input}`, input }
}
