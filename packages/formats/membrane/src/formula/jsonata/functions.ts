import { AuthError } from '@latchkey/core'
import { invalid, unsupported, type Budget } from '@latchkey/core/definition'
import { base64Decode, base64Encode } from '@latchkey/core/http'
import type { Scope } from '../scope.ts'
import type { Compiled, Native } from './library.ts'

type Implementation = (native: Native['implementation']) => Native['implementation']

const length = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : 1

/** Counts before the library's own function runs. */
const counted =
  (budget: Budget, cost: (args: readonly unknown[], budget: Budget) => void): Implementation =>
  (native) =>
    function (...args) {
      cost(args, budget)
      return native.apply(this, args)
    }

/** The functions that could do more than their input warrants, made safe; by name. */
function changes({ at, budget, now }: Scope): Readonly<Record<string, Implementation>> {
  const refuse =
    (problem: string): Implementation =>
    () =>
    () => {
      throw unsupported(at, problem)
    }
  const steps = (cost: (size: number) => number): Implementation =>
    counted(budget, ([list]) => budget.step(Math.ceil(cost(length(list)))))
  const clock = (read: (now: number) => unknown): Implementation =>
    now ? () => () => read(now()) : refuse('the expression asks for the time, which is not given here.')
  const random = refuse('the expression asks for randomness, which is not given here.')
  const numbers = refuse('numbers written as words cannot be used here.')
  return {
    eval: refuse('$eval runs text as an expression, which is not allowed; write the expression out.'),
    random: random,
    shuffle: random,
    parseInteger: numbers,
    formatInteger: numbers,
    millis: clock((time) => time),
    now: clock((time) => new Date(time).toISOString()),
    toMillis: (native) =>
      function (text, picture) {
        if (picture !== undefined)
          throw unsupported(at, '$toMillis takes no picture here; give the moment as ISO 8601.')
        return native.call(this, text)
      },
    pad: counted(budget, ([, width, fill]) => budget.grow(Math.abs(Number(width)) * length(fill ?? ' '))),
    join: counted(budget, ([list, between]) => budget.grow(length(list) * length(between ?? ''))),
    // The replacement may repeat what was found in it.
    replace: counted(budget, ([text, , by]) =>
      budget.grow(typeof by === 'string' ? (length(text) + 1) * (length(by) + 1) : length(text)),
    ),
    distinct: steps((size) => (size * size) / 64),
    lookup: steps((size) => size),
    sort: steps((size) => size),
    keys: steps((size) => size),
    merge: steps((size) => size),
    zip: counted(budget, (lists) => budget.step(lists.length)),
    base64encode: () => (text) => (text === undefined ? undefined : base64Encode(latin1(text as string))),
    base64decode: () => (text) => (text === undefined ? undefined : decoded(text as string, at)),
  }
}

/** The library counts a character as a byte. What has none is refused: it would send another password than was typed. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code > 0xff)
      throw new AuthError(
        'settings_invalid',
        'A value has a character that $base64encode cannot hold (it knows Latin-1 only); the author of the definition can use $template with base64(), which knows all.',
      )
    return code
  })
}

function decoded(text: string, at: string): string {
  const bytes = base64Decode(text)
  if (!bytes) throw invalid(at, '$base64decode was given what is no base64.')
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

/** Bindings that stand in for functions of the library, for those that an expression may name. */
export function functionsFor(
  expression: string,
  scope: Scope,
  compile: (text: string) => Compiled,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(changes(scope))
      .filter(([name]) => expression.includes(name))
      .map(([name, change]) => {
        const native = compile(`$${name}`).evaluate(undefined) as Native
        return [name, { ...native, implementation: change(native.implementation) }]
      }),
  )
}
