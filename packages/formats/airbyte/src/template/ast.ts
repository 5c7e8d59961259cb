/** An expression, as Jinja writes it. */
export type Node =
  | { readonly op: 'literal'; readonly value: string | number | boolean | null }
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'list'; readonly items: readonly Node[] }
  | { readonly op: 'dict'; readonly entries: readonly (readonly [Node, Node])[] }
  | { readonly op: 'chain'; readonly base: Node; readonly links: readonly Link[] }
  | { readonly op: 'not' | 'minus'; readonly of: Node }
  | { readonly op: 'fold'; readonly first: Node; readonly rest: readonly (readonly [string, Node])[] }
  | { readonly op: 'compare'; readonly first: Node; readonly rest: readonly (readonly [string, Node])[] }
  | { readonly op: 'and' | 'or'; readonly items: readonly Node[] }
  | { readonly op: 'if'; readonly test: Node; readonly then: Node; readonly otherwise: Node | undefined }

/** What may follow an expression: a member, an item, a slice, a call, a filter or a test. */
export type Link =
  | { readonly link: 'member'; readonly name: string }
  | { readonly link: 'item'; readonly of: Node }
  | { readonly link: 'slice'; readonly from: Node | undefined; readonly to: Node | undefined }
  | { readonly link: 'call'; readonly args: ArgNodes }
  | { readonly link: 'filter'; readonly name: string; readonly args: ArgNodes }
  | { readonly link: 'test'; readonly name: string; readonly negated: boolean; readonly args: ArgNodes }

export interface ArgNodes {
  readonly positional: readonly Node[]
  readonly named: readonly (readonly [string, Node])[]
}

/** A piece of a template. */
export type Part =
  | { readonly part: 'text'; readonly text: string }
  | { readonly part: 'output'; readonly node: Node }
  | {
      readonly part: 'if'
      readonly branches: readonly (readonly [Node, readonly Part[]])[]
      readonly otherwise: readonly Part[]
    }
  | { readonly part: 'set'; readonly name: string; readonly node: Node }
  | {
      readonly part: 'for'
      readonly names: readonly string[]
      readonly of: Node
      readonly body: readonly Part[]
      readonly otherwise: readonly Part[]
    }

/** A template that has been read. */
export interface Template {
  /** The place in the definition that errors name. */
  readonly at: string
  readonly parts: readonly Part[]
}
