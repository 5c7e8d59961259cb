import type { AuthStrategy } from '@latchkey/core'

export const scheme = 'proxy'

/** What a strategy says besides through whom it authenticates. */
export type About<S> = Pick<
  AuthStrategy<S>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'test'
>
