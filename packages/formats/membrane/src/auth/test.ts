import { AuthError, type Account, type AuthStrategy } from '@latchkey/core'
import { below, isObject, unsupported } from '@latchkey/core/definition'
import { accountOf } from '@latchkey/core/http'
import { callWith, createApiClient, type ApiClient } from '../client/api-client.ts'
import type { Implementation } from '../dialect/types.ts'
import { evaluate, renderPath } from '../formula/index.ts'
import { clientFor } from './client.ts'
import { graphqlText } from './graphql.ts'
import { methodOf, run, variablesOf, type Plan, type Tested, type Variables } from './plan.ts'

/**
 * The test of a definition: true, or anything like it, means that the connection works; false, nothing or an error that it
 * does not. `id` and `name` of an object that it gives name the account.
 */
export function testOf(plan: Plan): AuthStrategy['test'] {
  const method = methodOf(plan, 'test')
  if (method === undefined) return undefined
  return async (c: Tested): Promise<Account | undefined> => {
    const { settings, credentials, baseUrl, fetch, now, signal } = c
    const config = await clientFor(plan, settings, credentials)
    const variables = variablesOf(plan, settings, credentials)
    const at = methodOf(plan, 'makeApiClient')?.at ?? plan.definition.at
    const client = createApiClient({ fetch, baseUrl, now, signal, variables, config, at })
    const said = await outcome(method, variables, client, c.unsigned ?? fetch)
    if (said) return accountOf(said)
    throw new AuthError('credentials_rejected', `${method.at} says that the connection does not work`)
  }
}

async function outcome(
  method: Implementation,
  variables: Variables,
  apiClient: ApiClient,
  fetch: typeof globalThis.fetch,
): Promise<unknown> {
  const { at } = method
  switch (method.kind) {
    case 'javascript':
      return run(method, variables, { fetch, apiClient })
    case 'rest-api-mapping': {
      const { pathParameters, ...mapping } = method.requestMapping
      const named = evaluate(pathParameters, variables, below(at, 'pathParameters'), { missing: 'error' })
      const parts: Partial<Record<'query' | 'data' | 'headers', unknown>> = Object.fromEntries(
        Object.entries(mapping).map(([name, value]) => [
          name,
          evaluate(value, variables, below(below(at, 'requestMapping'), name)),
        ]),
      )
      const path = renderPath(method.path, isObject(named) ? named : {}, below(at, 'path'))
      const response = await callWith(apiClient, {
        method: method.method,
        path,
        ...parts,
      })
      return mapped(method, response, variables)
    }
    case 'graphql-api-mapping': {
      const query = graphqlText(method, variables)
      const response = await callWith(apiClient, { method: 'POST', path: method.path, data: { query } })
      return mapped(method, response, variables)
    }
    case 'mapping':
      return evaluate(method.mapping, variables, at)
    default:
      throw unsupported(at, 'cannot be run here; give the test as a request or a function')
  }
}

/** What a mapping makes of the answer; without one, an answer that is no error is proof enough. */
function mapped(
  { responseMapping, at }: Extract<Implementation, { readonly path: string }>,
  response: unknown,
  variables: Variables,
): unknown {
  if (responseMapping === undefined) return true
  return evaluate(responseMapping, { ...variables, response }, below(at, 'responseMapping'))
}
