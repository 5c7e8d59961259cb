import { extend } from '@latchkey/core/http'
import { createApiClient, type ApiClient } from '../client/api-client.ts'
import { signedFetch } from '../client/signed.ts'
import { clientFor } from './client.ts'
import { methodOf, variablesOf, type Held, type Own, type Plan, type Tools } from './plan.ts'

/**
 * What functions get that renew or end credentials: a client that signs with those that are held. It is put together when
 * it is first used, because such a function may well be called where nothing can be signed any more.
 */
export function toolsOf(plan: Plan, c: Held, sign?: Own['apply']): Tools {
  const held = { ...c.credentials, problem: undefined }
  const { baseUrl: stated, origins } = plan.stated
  const build = async (): Promise<ApiClient> => {
    const config = await clientFor(plan, c.settings, held)
    const baseUrl = stated ?? config.baseUri
    const apply: Own['apply'] = async (request, context) => {
      await extend(request, config.extension, c.settings)
      await sign?.(request, context)
    }
    return createApiClient({
      fetch: signedFetch(apply, c, baseUrl, origins),
      baseUrl,
      now: c.now,
      signal: c.signal,
      variables: variablesOf(plan, c.settings, held),
      config,
      at: methodOf(plan, 'makeApiClient')?.at ?? plan.definition.at,
    })
  }
  let client: Promise<ApiClient> | undefined
  const ready = (): Promise<ApiClient> => (client ??= build())
  const apiClient: ApiClient = {
    get: async (...given) => (await ready()).get(...given),
    post: async (...given) => (await ready()).post(...given),
    put: async (...given) => (await ready()).put(...given),
    patch: async (...given) => (await ready()).patch(...given),
    delete: async (...given) => (await ready()).delete(...given),
  }
  return { fetch: c.fetch, apiClient }
}
