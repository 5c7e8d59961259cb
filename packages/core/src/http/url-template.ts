import { AuthError } from '../errors.ts'
import { addressClass, isAllowed } from '../world/addresses.ts'
import { hostname, label } from './label.ts'
import { slotValue, type SlotValues } from './template.ts'

/** What the place of a slot demands of its value. */
export type SlotKind = 'label' | 'host' | 'port' | 'segment' | 'query'

/** A piece of a URL template: literal text, or a slot. */
export type UrlPiece = string | { readonly name: string; readonly kind: SlotKind }

/** A URL template that has been checked. */
export interface UrlTemplate {
  readonly scheme: 'https' | 'http'
  readonly host: readonly UrlPiece[]
  /** Absent: the scheme's own. */
  readonly port: UrlPiece | undefined
  readonly path: readonly UrlPiece[]
  readonly query: readonly UrlPiece[]
}

const dots = /^(?:\.|%2e){1,2}$/i
const climbs = (path: string): boolean => path.split(/[/\\]|%2f|%5c/i).some((segment) => dots.test(segment))
const isWellFormed = (value: string): boolean => !/\p{Cs}/u.test(value)

/** Literals and slots by turns. */
function split(text: string, kind: SlotKind, template: string): UrlPiece[] {
  return text.split(/(\{[^{}]*\})/).flatMap((part): UrlPiece[] => {
    if (!part.startsWith('{')) {
      if (/[{}]/.test(part))
        throw new TypeError(`The URL template ${template} has a brace without its partner.`)
      return part === '' ? [] : [part]
    }
    const [, name = '', declared] = /^\{([\w.-]+)(?::(\w+))?\}$/.exec(part) ?? []
    if (name === '' || (declared !== undefined && (declared !== 'host' || kind !== 'label'))) {
      throw new TypeError(`The URL template ${template} has a slot ${part} that means nothing there.`)
    }
    return [{ name, kind: declared === undefined ? kind : 'host' }]
  })
}

function checkHost(host: readonly UrlPiece[], template: string): void {
  const last = host.findLastIndex((piece) => typeof piece !== 'string' && piece.kind === 'label')
  const after = host
    .slice(last + 1)
    .map((piece) => (typeof piece === 'string' ? piece : ''))
    .join('')
  // What follows a one-label slot must name a zone: in https://{x}.com or https://api.{x} the value would choose it.
  if (last >= 0 && !/^[^.]*\.[^.]+\.[^.]/.test(after)) {
    throw new TypeError(
      `The URL template ${template} lets a value choose the domain; write {name:host} to allow that.`,
    )
  }
  const literal = host.filter((piece) => typeof piece === 'string').join('')
  if (
    host.length === 0 ||
    !(literal.startsWith('[') ? last < 0 && /^\[[\da-f:.]+\]$/i.test(literal) : /^[a-z\d.-]*$/i.test(literal))
  ) {
    throw new TypeError(`The URL template ${template} has no valid host.`)
  }
}

/**
 * Checks an absolute http or https URL with slots: `{name}` stands for one DNS label, a port, a part of a path
 * segment or of the query, by its place; `{name:host}` for a host or the part of one that may have dots.
 * @throws {TypeError} for a slot in the scheme, the user information or the fragment, and where a one-label slot is
 * not followed by a domain of at least two labels
 */
export function parseUrlTemplate(template: string): UrlTemplate {
  const [, scheme, authority = '', path = '', query = ''] =
    /^(https?):\/\/([^/?#\\]*)(\/[^?#]*)?(\?[^#]*)?$/i.exec(template) ?? []
  if (scheme === undefined || /[\s\\@]/.test(authority + path)) {
    throw new TypeError(
      `The URL template ${template} is not an absolute URL without user information and fragment.`,
    )
  }
  const [, host = authority, port] = /^(.*):(\d+|\{[\w.-]+\})$/.exec(authority) ?? []
  const parts: UrlTemplate = {
    scheme: scheme.toLowerCase() === 'http' ? 'http' : 'https',
    host: split(host, 'label', template),
    port: port === undefined ? undefined : split(port, 'port', template)[0],
    path: split(path, 'segment', template),
    query: split(query, 'query', template),
  }
  checkHost(parts.host, template)
  const sample = (pieces: readonly UrlPiece[], filler: string): string =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : filler)).join('')
  const end = port === undefined ? '' : `:${typeof parts.port === 'object' ? '1' : port}`
  if (
    !URL.canParse(`${parts.scheme}://${sample(parts.host, 'a')}${end}`) ||
    climbs(sample(parts.path, 'a'))
  ) {
    throw new TypeError(`The URL template ${template} is not a URL.`)
  }
  return parts
}

const demands: Record<SlotKind, readonly [test: (value: string) => boolean, wording: string]> = {
  label: [(value) => label.test(value), 'one name without dots (letters, digits and hyphens)'],
  host: [(value) => hostname.test(value), 'a host name, without https:// and without a path'],
  port: [(value) => /^[1-9]\d{0,4}$/.test(value) && Number(value) < 65_536, 'a port number'],
  segment: [(value) => !climbs(value) && isWellFormed(value), 'a name that can stand in a path'],
  query: [isWellFormed, 'a text that can stand in a URL'],
}

/** What a template may reach besides public hosts. */
export interface RenderOptions {
  /** Special addresses that a `{name:host}` slot may name; default none. */
  readonly allow?: 'loopback' | 'private' | undefined
}

/**
 * The URL of a template with its slots filled, in the form in which the URL parser writes it. Values are checked and
 * encoded for the place where they land, and the result must have the host that the template spells out.
 * @throws {AuthError} settings_invalid naming the field, never the value
 */
export function renderUrl(
  template: string | UrlTemplate,
  values: SlotValues,
  options: RenderOptions = {},
): string {
  const { scheme, host, port, path, query } =
    typeof template === 'string' ? parseUrlTemplate(template) : template
  let field = ''
  const refuse = (name: string, wording: string): never => {
    throw new AuthError('settings_invalid', `${name} must be ${wording}.`, { field: name })
  }
  const fill = (piece: UrlPiece): string => {
    if (typeof piece === 'string') return piece
    const value = slotValue(values, piece.name)
    const [test, wording] = demands[piece.kind]
    if (!test(value)) refuse(piece.name, wording)
    if (piece.kind === 'label' || piece.kind === 'host') field = piece.name
    return piece.kind === 'segment' || piece.kind === 'query' ? encodeURIComponent(value) : value
  }
  const name = host.map(fill).join('').toLowerCase()
  const text = `${scheme}://${name}${port === undefined ? '' : `:${fill(port)}`}${path.map(fill).join('')}${query.map(fill).join('')}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  // Slots beside literal text or beside each other must not make another host.
  if (url === undefined || (field !== '' && (url.hostname !== name || !hostname.test(name))))
    return refuse(field, 'part of a valid host name')
  if (field !== '' && !isAllowed(addressClass(url.hostname), options.allow)) refuse(field, 'a public host')
  return url.href
}
