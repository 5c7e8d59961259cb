import { invalid, memberAt, type Budget, type JsonObject } from '@latchkey/core/definition'
import { cellOf, type Cell, type Source } from './cell.ts'

/** What a template is rendered with. */
export interface Scope {
  /** What the user filled in. */
  readonly config: JsonObject
  /** `$parameters` of the component; its author's, not the user's. */
  readonly parameters?: JsonObject | undefined
  /** Further variables by name: `session_token`, `client_id_value`. What they hold counts as a user's. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  /** Variables that stand for a place in the configuration; what is not there is an empty text. */
  readonly inputs?: Readonly<Record<string, readonly string[]>> | undefined
  /** Functions that only some components know. */
  readonly functions?: readonly 'json_loads'[] | undefined
  /** The values that the form allows at a path; one of them is taken as if the author had written it. */
  readonly choices?: ((path: readonly string[]) => readonly unknown[] | undefined) | undefined
  /** Special addresses that a URL of the user's may name; default none. */
  readonly allow?: 'loopback' | 'private' | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
}

/** One evaluation. */
export interface Evaluation {
  readonly scope: Scope
  readonly at: string
  readonly budget: Budget
  /** Where an error looks for a field, if the value at fault has none. */
  readonly blame: Source | undefined
}

/** Arguments of a call, by place and by name. */
export interface Args {
  readonly positional: readonly Cell[]
  readonly named: ReadonlyMap<string, Cell>
}

/** An argument that may be given by place or by name. */
export function argument(args: Args, place: number, name: string): Cell | undefined {
  return args.positional[place] ?? args.named.get(name)
}

/** @throws {AuthError} definition_invalid */
export function needed(args: Args, place: number, name: string, what: string, at: string): Cell {
  const found = argument(args, place, name)
  if (!found) throw invalid(at, `${what} in the template needs its argument ${name}.`)
  return found
}

/** A variable: of the template itself, `config`, `parameters`, or one of the caller. */
export function variable(name: string, locals: ReadonlyMap<string, Cell>, scope: Scope): Cell | undefined {
  const local = locals.get(name)
  if (local) return local
  if (name === 'config') return cellOf(scope.config, { path: [] })
  if (name === 'parameters') return cellOf(scope.parameters ?? {})
  const { extra, inputs, config } = scope
  const path = inputs && Object.hasOwn(inputs, name) ? inputs[name] : undefined
  if (path) return cellOf(memberAt(config, path) ?? '', { path })
  if (!extra || !Object.hasOwn(extra, name)) return undefined
  return cellOf(extra[name], { path: [name], isVariable: true })
}
