import { base64Encode, percentEncode } from '@latchkey/core/http'

/** A piece of a template: text, or a slot. */
export type Piece = string | Slot

/** `{name:argument|filter}` */
export interface Slot {
  readonly name: string
  /** Of `{header:date}` the header. */
  readonly argument: string
  readonly filter: string
}

const filters: Readonly<Record<string, (text: string) => string>> = {
  '': (text) => text,
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  base64: base64Encode,
  percent: percentEncode,
}

/**
 * A template taken apart: `{name}`, `{header:name}`, and `|lower`, `|upper`, `|base64` or `|percent` behind either.
 * @throws {TypeError} for a slot that is not among the known names, and for a brace without its partner
 */
export function parseTemplate(template: string, names: ReadonlySet<string>, what: string): readonly Piece[] {
  return template
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part): Piece => {
      if (!/[{}]/.test(part)) return part
      const [, name = '', argument = '', filter = ''] =
        /^\{(\??\w+)(?::([\w-]+))?(?:\|(\w+))?\}$/.exec(part) ?? []
      if (!names.has(name) || !Object.hasOwn(filters, filter) || (name === 'header') !== (argument !== ''))
        throw new TypeError(`hmac: ${what} has ${part}, which stands for nothing there`)
      return { name, argument: argument.toLowerCase(), filter }
    })
}

/** Whether a template has this slot. */
export const uses = (pieces: readonly Piece[], name: string): boolean =>
  pieces.some((piece) => typeof piece === 'object' && piece.name === name)

/** The text of a template. */
export function fillText(pieces: readonly Piece[], value: (slot: Slot) => string): string {
  let text = ''
  for (const piece of pieces)
    text += typeof piece === 'string' ? piece : (filters[piece.filter]?.(value(piece)) ?? '')
  return text
}
