import { invalid } from '@latchkey/core/definition'

/** Literal text, or the place of a value. */
export type Part = string | { readonly slot: string }

/** A URL whose text is known but for its slots. */
export interface Layout {
  /** As `renderUrl` takes it. */
  readonly template: string
  /** The slots that are a host or the part of one that decides where requests go. */
  readonly chosenBy: readonly string[]
}

const encodeBraces = (text: string): string => text.replaceAll('{', '%7B').replaceAll('}', '%7D')

/**
 * The URL template that parts make. A slot in the host is one label where the text behind it names a zone, and else a
 * host. Undefined where a slot comes first: it is a URL itself.
 * @throws {AuthError} definition_invalid for what is no URL
 */
export function layoutOf(parts: readonly Part[], at: string): Layout | undefined {
  if (typeof parts[0] === 'object') return undefined
  const text = parts
    .map((part) => (typeof part === 'string' ? encodeBraces(part) : `{${part.slot}}`))
    .join('')
  const [, scheme, authority = '', rest = ''] = /^(https?:\/\/)([^/?#]*)([^]*)$/i.exec(text) ?? []
  if (scheme === undefined)
    throw invalid(at, 'a URL must begin with https:// in the definition itself, or be one value as a whole.')
  const [, host = authority, port = ''] = /^(.*?)(:(?:\d+|\{[^{}]*\}))?$/.exec(authority) ?? []
  const after = host.slice(host.lastIndexOf('}') + 1)
  const slots = [...host.matchAll(/\{([^{}]*)\}/g)].map(([, slot = '']) => slot)
  const isFixed = slots.length === 0 || /^[^.]*\.[^.]+\.[^.]/.test(after)
  if (isFixed) return { template: `${scheme}${host}${port}${rest}`, chosenBy: [] }
  return { template: `${scheme}${host.replaceAll('}', ':host}')}${port}${rest}`, chosenBy: slots }
}
