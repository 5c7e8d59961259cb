import jsonata from 'jsonata'

/** A part of an expression, as the library parses it. */
export interface Node {
  readonly type?: string
  readonly value?: unknown
  readonly steps?: readonly Node[]
  readonly lhs?: Node
  readonly rhs?: Node
  readonly condition?: Node
  readonly then?: Node
  readonly else?: Node
  readonly expressions?: readonly Node[]
  readonly arguments?: readonly Node[]
}

/** A function of the library. */
export interface Native {
  readonly implementation: (this: unknown, ...args: unknown[]) => unknown
}

export interface Compiled {
  evaluate(input: unknown, bindings?: Readonly<Record<string, unknown>>): unknown
  ast(): Node
}

/** What stands in for RegExp inside expressions; called with `new`. */
export type RegexEngine = (regex: RegExp) => object

type Compile = (expression: string, options: { readonly RegexEngine: RegexEngine }) => Compiled

// The library's types do not know its second argument.
const compileWith = jsonata as unknown as Compile & { RegexEngine: unknown }

/**
 * Runs something with the library. The library keeps its regex engine in one place for all its users: it is put back
 * as it was, so that nobody else in the process notices. Nothing in between may wait.
 */
export function withLibrary<T>(engine: RegexEngine, run: (compile: (text: string) => Compiled) => T): T {
  const before = compileWith.RegexEngine
  try {
    return run((text) => compileWith(text, { RegexEngine: engine }))
  } finally {
    compileWith.RegexEngine = before
  }
}
