import type { ApiClient } from '@latchkey/format-membrane'
import type { Sent } from '../../../../../tools/network.ts'
import { define, key, keyClient, open } from './support.ts'

export const settings = { apiKey: 'k-123456' }
export type Given = { readonly apiClient: ApiClient }
export type Answer = (request: Sent, count: number) => Response

export const tested = (
  run: (client: ApiClient, given: Record<string, unknown>) => unknown,
  answer?: Answer,
  client = {},
) => {
  const imported = define(key, {
    makeApiClient: { ...keyClient, ...client },
    test: (given: Given & Record<string, unknown>) => run(given.apiClient, given),
  })
  return open(imported, settings, answer)
}
