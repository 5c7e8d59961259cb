import { memberAt } from '@latchkey/core/definition'

/** A name or an index on the way to a value. */
export type Step = string | number

const segment = (): RegExp => /((?:\\[^]|[^.[\\]|\\$)*)((?:\[\d+\])*)(\.|$)/y

/**
 * The steps of a locator: `$.a.b[0]`, the leading `$.` optional, `$` alone for everything, `\` before a dot or a
 * bracket that belongs to a name. Undefined where it is none. membrane.md section 7.
 */
export function parseLocator(text: string): readonly Step[] | undefined {
  if (text === '$') return []
  if (text === '' || /^\$[^.[]/.test(text)) return undefined
  const rest = text.replace(/^\$\.?/, '')
  const steps: Step[] = []
  const next = segment()
  for (;;) {
    const found = next.exec(rest)
    if (!found) return undefined
    const [, name = '', indices = '', end] = found
    if (name !== '' || indices === '') steps.push(name.replace(/\\([^])/g, '$1'))
    for (const [, index] of indices.matchAll(/\[(\d+)\]/g)) steps.push(Number(index))
    if (end === '') return steps
  }
}

/** The value at a locator: null where the locator is invalid, undefined where there is nothing. Own members only. */
export function readLocator(text: string, variables: unknown): unknown {
  const steps = parseLocator(text)
  return steps === undefined ? null : memberAt(variables, steps)
}
