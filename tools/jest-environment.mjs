// jest-environment-node runs tests in a vm context, so errors made by Node core (fetch, fs, structuredClone,
// webcrypto) come from another realm and fail `instanceof Error` inside the tests. instanceof is made
// independent of the realm for the built-in error classes only; subclasses keep the ordinary algorithm.
import { TestEnvironment } from 'jest-environment-node'

const names = [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'URIError',
  'EvalError',
  'AggregateError',
]
const ordinary = Function.prototype[Symbol.hasInstance]

export default class extends TestEnvironment {
  async setup() {
    await super.setup()
    for (const name of names) {
      const inner = this.global[name]
      const outer = globalThis[name]
      Object.defineProperty(inner, Symbol.hasInstance, {
        configurable: true,
        value(value) {
          return ordinary.call(this, value) || (this === inner && ordinary.call(outer, value))
        },
      })
    }
  }
}
