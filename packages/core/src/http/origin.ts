import { label } from './label.ts'
import { parseUrlTemplate } from './url-template.ts'

/**
 * The canonical form of an exact origin (`https://api.example.com`) or of one with a leading wildcard label
 * (`https://*.example.com`). `option` names where it was given.
 * @throws {TypeError} for anything else: a path, a slot, user information, a wildcard over a top-level domain
 */
export function checkOrigin(pattern: string, option: string): string {
  const text = pattern.replace('://*.', '://wildcard.')
  const url = URL.canParse(text) && /^https?:/i.test(text) ? new URL(text) : undefined
  const wild = text !== pattern
  const plain =
    url !== undefined && /^https?:\/\/[^/?#@\\{}*\s]+\/?$/i.test(text) && !url.hostname.endsWith('.')
  if (!plain || (wild && !/^wildcard\.[^.]+\.[^.]/.test(url.hostname))) {
    throw new TypeError(
      `${option}: ${pattern} is neither an origin (https://api.example.com) nor one with a leading wildcard label (https://*.example.com).`,
    )
  }
  return wild ? url.origin.replace('://wildcard.', '://*.') : url.origin
}

/**
 * What every URL of a template has for an origin: exact where its host is fixed, `https://*.example.com` where one
 * slot is its whole first label; undefined where one pattern cannot say it.
 * @throws {TypeError} for a bad template
 */
export function originPattern(template: string): string | undefined {
  const { scheme, host, port } = parseUrlTemplate(template)
  const [first, rest, ...more] = host
  if (typeof port === 'object' || first === undefined || more.length > 0 || typeof rest === 'object')
    return undefined
  const suffix = port === undefined ? '' : `:${port}`
  if (typeof first === 'string')
    return rest === undefined ? checkOrigin(`${scheme}://${first}${suffix}`, 'template') : undefined
  return first.kind === 'label' && rest?.startsWith('.') === true
    ? checkOrigin(`${scheme}://*${rest}${suffix}`, 'template')
    : undefined
}

/**
 * Whether an origin is the pattern's own, or has exactly one label where the pattern has its wildcard. Both are
 * taken in canonical form: the pattern as `checkOrigin` gives it, the origin as `URL.origin` does.
 */
export function matchesOrigin(pattern: string, origin: string): boolean {
  const [scheme, suffix] = pattern.split('*', 2)
  if (suffix === undefined) return origin === pattern
  if (scheme === undefined || !origin.startsWith(scheme) || !origin.endsWith(suffix)) return false
  return label.test(origin.slice(scheme.length, -suffix.length))
}
