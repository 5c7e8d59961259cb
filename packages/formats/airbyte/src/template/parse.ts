import { createBudget, invalid } from '@latchkey/core/definition'
import type { Node, Part, Template } from './ast.ts'
import { expression, readerOf, type Reader } from './expression.ts'
import { tokensOf, type Stretch } from './tokens.ts'

/**
 * Reads a Jinja template. `at` is its place in the definition, which errors name.
 * @throws {AuthError} definition_invalid for a syntax error, and for what a template may not do (`import`, `macro`)
 */
export function parseTemplate(text: string, at: string): Template {
  const budget = createBudget(at)
  const stretches = tokensOf(text, at, budget)
  let place = 0

  /** The parts up to one of these statements, and that statement. */
  const parts = (ends: readonly string[]): { parts: Part[]; end: Reader | undefined; word: string } => {
    const found: Part[] = []
    for (;;) {
      const stretch: Stretch | undefined = stretches[place++]
      if (!stretch) {
        if (ends.length > 0) throw invalid(at, `the template lacks {% ${ends.at(-1)} %}.`)
        return { parts: found, end: undefined, word: '' }
      }
      if (stretch.kind === 'text') {
        found.push({ part: 'text', text: stretch.text })
        continue
      }
      const reader = readerOf(stretch.tokens, at, budget)
      if (stretch.kind === 'output') {
        found.push({ part: 'output', node: whole(reader) })
        continue
      }
      const word = reader.next().text
      if (ends.includes(word)) return { parts: found, end: reader, word }
      found.push(budget.deeper(() => statement(word, reader)))
    }
  }

  const statement = (word: string, reader: Reader): Part => {
    if (word === 'if') return condition(reader)
    if (word === 'for') return loop(reader)
    if (word === 'set') {
      const name = reader.next().text
      reader.expect('=')
      return { part: 'set', name, node: whole(reader) }
    }
    throw invalid(at, `the statement {% ${word} %} has no meaning here; write if, for or set.`)
  }

  const condition = (reader: Reader): Part => {
    const branches: [Node, Part[]][] = []
    let test = whole(reader)
    for (;;) {
      const { parts: body, end, word } = parts(['elif', 'else', 'endif'])
      branches.push([test, body])
      if (word === 'endif' || !end) return { part: 'if', branches, otherwise: [] }
      if (word === 'else') return { part: 'if', branches, otherwise: parts(['endif']).parts }
      test = whole(end)
    }
  }

  const loop = (reader: Reader): Part => {
    const names = [reader.next().text]
    while (reader.take(',')) names.push(reader.next().text)
    reader.expect('in')
    const of = whole(reader)
    const { parts: body, word } = parts(['else', 'endfor'])
    return { part: 'for', names, of, body, otherwise: word === 'else' ? parts(['endfor']).parts : [] }
  }

  return { at, parts: parts([]).parts }
}

function whole(reader: Reader): Node {
  const node = expression(reader)
  const rest = reader.peek()
  if (rest) throw invalid(reader.at, `the template has ${rest.text} where an expression should end.`)
  return node
}
