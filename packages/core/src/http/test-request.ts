import type { Account, TestContext } from '../context.ts'
import { createRequestClient, type RequestClient } from './request-client.ts'
import type { RequestOptions } from './request-options.ts'

/**
 * Segment's way to test a connection: a function of a client that signs in. It throws, or its request does, where the
 * connection does not work; `id` and `label` or `name` of an object that it returns name the account.
 */
export type TestRequest<S, C = unknown> = (
  request: RequestClient,
  given: { readonly settings: S; readonly auth: C },
) => unknown

/** The `test` of a strategy out of such a function; nothing where there is none. `defaults` says what each request has. */
export function testWith<S, C = unknown>(
  testRequest: TestRequest<S, C> | undefined,
  defaults?: (c: TestContext<S>) => RequestOptions | Promise<RequestOptions>,
): { test?: (c: TestContext<S>) => Promise<Account | undefined> } {
  if (testRequest === undefined) return {}
  return {
    async test(c) {
      const { fetch, now, baseUrl: prefixUrl, settings } = c
      const request = createRequestClient({ prefixUrl, ...(await defaults?.(c)), fetch, now })
      return accountOf(await testRequest(request, { settings, auth: c.credentials as C }))
    },
  }
}

/** The account that an object names: its `id`, and its `label` or `name`. */
export function accountOf(said: unknown): Account | undefined {
  if (typeof said !== 'object' || said === null) return undefined
  const { id, label, name } = said as Readonly<Record<string, unknown>>
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  const account = { id: text(id), label: text(label) ?? text(name) }
  return account.id === undefined && account.label === undefined ? undefined : account
}
