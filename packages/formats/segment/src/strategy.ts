import type { AuthStrategy, BaseUrl, OutgoingRequest } from '@latchkey/core'
import { baseUrlOf } from '@latchkey/core/http'
import { custom } from '@latchkey/custom'
import { byTokens } from './by-tokens.ts'
import { extensionOf } from './extension.ts'
import { extend, givenFor, runTest, tokensOf, type Plan } from './plan.ts'

/** The ordinary strategy that does what the definition says. */
export function strategyFor(plan: Plan): AuthStrategy {
  const { definition, options, places } = plan
  const isOAuth = definition.scheme === 'oauth2' || definition.scheme === 'oauth-managed'
  const strategy = isOAuth ? byTokens(plan) : bySettings(plan)
  return {
    ...strategy,
    apply: (request, c) => applyAll(strategy, request, c),
    ...(plan.schema && { schema: plan.schema }),
    // What is stated wins over what the definition says.
    baseUrl: options.baseUrl === undefined && definition.extend !== undefined ? prefixOf(plan) : undefined,
    ...(places.isDerived && { origins: places.patterns }),
  }
}

/** The `prefixUrl` of the extension, which is the documentation's: at home it is nothing. */
function prefixOf(plan: Plan): BaseUrl {
  return async ({ settings, credentials }) => {
    const given = givenFor(plan, settings, credentials && tokensOf(credentials))
    const { prefixUrl } = await extensionOf(plan.definition, given)
    return baseUrlOf({ prefixUrl })
  }
}

const automatic = 'text/plain;charset=UTF-8'

/** What Fetch calls a text by itself is nothing that a caller said: a content type of the extension stands instead. */
function applyAll(
  strategy: AuthStrategy,
  request: OutgoingRequest,
  c: Parameters<AuthStrategy['apply']>[1],
): void | Promise<void> {
  const { headers } = request
  if (headers.get('content-type') !== automatic) return strategy.apply(request, c)
  headers.delete('content-type')
  const restore = (): void => {
    if (!headers.has('content-type')) headers.set('content-type', automatic)
  }
  const applied = strategy.apply(request, c)
  if (applied instanceof Promise) return applied.then(restore)
  restore()
}

function bySettings(plan: Plan): AuthStrategy {
  const { definition, fields } = plan
  const { test, scheme } = definition
  return custom({
    scheme: scheme === 'none' ? 'custom' : scheme,
    fields,
    extendRequest: ({ settings }) => extend(plan, settings),
    ...(test && { testRequest: (request, { settings }) => runTest(plan, test, request, settings) }),
  })
}
