import type { Scope } from './scope.ts'

/** A part of a text: what the definition spells out, or a value with what it is called in errors. */
export type Piece = string | { readonly name: string; readonly value: string }

/** The parts of a text made of pieces, in order; undefined for what is no such formula. */
export type PiecesOf = (value: unknown, scope: Scope) => readonly Piece[]

/** The pieces as a text; undefined where there are none. */
export function join(pieces: readonly Piece[], scope: Scope): string | undefined {
  if (pieces.length === 0) return undefined
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : piece.value)).join('')
  scope.budget.grow(text.length)
  return text
}
