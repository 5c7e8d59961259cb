/**
 * Runs it in a world without a network, where all clocks but the injected one are ahead by so many milliseconds. Gives
 * how often the global fetch was asked as well.
 */
export async function inWorld<T>(
  aheadMs: number,
  run: () => Promise<T>,
): Promise<{ result: T; fetches: number }> {
  const { Date: real, fetch } = globalThis
  const later = (): number => real.now() + aheadMs
  let fetches = 0
  globalThis.Date = new Proxy(real, {
    construct: (target, given: unknown[], asked) =>
      Reflect.construct(target, given.length > 0 ? given : [later()], asked) as Date,
    apply: () => new real(later()).toString(),
    get: (target, name) => (name === 'now' ? later : (Reflect.get(target, name) as unknown)),
  })
  globalThis.fetch = () => {
    fetches += 1
    return Promise.reject(new TypeError('there is no network but the one of the context'))
  }
  try {
    return { result: await run(), fetches }
  } finally {
    globalThis.Date = real
    globalThis.fetch = fetch
  }
}
