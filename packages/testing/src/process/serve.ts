import type { StoreDriver } from '@latchkey/core'

/** What the test asks of the process. */
export interface Call {
  readonly id: number
  readonly method: keyof StoreDriver
  readonly given: readonly unknown[]
}

/** What the process answers; the first answer, with the id 0, says that it listens. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: unknown } }

/** The whole of a process for `storeProcess`: does on a driver what the test asks, until the test has ended. */
export function serveStore(driver: StoreDriver): void {
  const answer = (given: Answer): void => void process.send?.(given)

  process.on('message', (call: Call) => {
    const method = Reflect.get(driver, call.method) as (...given: readonly unknown[]) => Promise<unknown>
    Reflect.apply(method, driver, call.given).then(
      (value) => answer({ id: call.id, value }),
      (error: unknown) => {
        const { message, code } = error as Error & { readonly code?: unknown }
        answer({ id: call.id, error: { message, code } })
      },
    )
  })
  process.on('disconnect', () => process.exit(0))
  answer({ id: 0, value: undefined })
}
