const year = 366 * 86_400_000

/** Runs it while all clocks but the injected one are a year ahead. */
export async function inAnotherYear<T>(run: () => Promise<T>): Promise<T> {
  const real = globalThis.Date
  const later = (): number => real.now() + year
  globalThis.Date = new Proxy(real, {
    construct: (target, given: unknown[], asked) =>
      Reflect.construct(target, given.length > 0 ? given : [later()], asked) as Date,
    apply: () => new real(later()).toString(),
    get: (target, name) => (name === 'now' ? later : (Reflect.get(target, name) as unknown)),
  })
  try {
    return await run()
  } finally {
    globalThis.Date = real
  }
}
