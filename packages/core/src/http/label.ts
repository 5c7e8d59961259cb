/** RFC 1123 section 2.1: one DNS label, as a regular expression without anchors. */
export const dnsLabel = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

/**
 * A whole DNS label. RFC 3492 section 6.2: one digit after the last hyphen of an A-label means nothing; Node 24's parser
 * lets it pass.
 */
export const label: RegExp = new RegExp(`^(?!xn--(?:[a-z0-9-]*-)?[a-z0-9]$)${dnsLabel}$`, 'i')

/** Labels with dots between them, 253 characters at most. */
export const hostname: RegExp = new RegExp(`^(?=.{1,253}$)${dnsLabel}(?:\\.${dnsLabel})*$`)
