import type { AuthContext, AuthStrategy, Fields, OutgoingRequest } from '@latchkey/core'
import { below } from '@latchkey/core/definition'
import { oauth2, type OAuth2Credentials } from '@latchkey/oauth2'
import { attempt, withSettings } from '../authenticators/made.ts'
import { strategyOf } from '../authenticators/strategy-of.ts'
import { scopeOf, type Settings, type Where } from '../authenticators/where.ts'
import { renderRequired } from '../template/index.ts'
import { asText, readOAuth, type OAuthDefinition } from './definition.ts'
import { optionsOf, type OAuthExtras } from './options.ts'
import { earnedBy, withValues, type EarnedPaths } from './overlay.ts'
import { innerSettings, tokensIn } from './settings.ts'

type Context = AuthContext<Settings>
type Own = AuthStrategy<Settings, OAuth2Credentials>

/**
 * An `OAuthAuthenticator` as a strategy. `paths`: where the configuration has what is earned, so that templates see the
 * tokens of today.
 * @throws {AuthError} definition_invalid that names the member
 */
export function oauthStrategy(
  given: unknown,
  where: Where,
  paths: EarnedPaths = {},
  extras: OAuthExtras = {},
): AuthStrategy {
  const definition = readOAuth(given, where.at, where.warn)
  if (definition.endpoint === undefined) return fixedToken(definition, where)
  warnOf(definition, where, extras)
  const { at, grant } = definition
  const isTemplate = /\{[{%]/.test(grant)
  const inside = <C extends Context>(c: C, credentials?: OAuth2Credentials): C => {
    const scope = scopeOf(where, c)
    const config = withValues(scope.config, earnedBy(paths, credentials))
    return withSettings(c, innerSettings(definition, { ...scope, config }))
  }
  const innerFor = (name: string): Own =>
    attempt(at, () => oauth2(optionsOf(definition, name, where, extras)) as unknown as Own)
  const grantOf = (c: Context): string =>
    isTemplate ? renderRequired(grant, scopeOf(where, c), below(at, 'grant_type')) : grant
  const inner = innerFor(isTemplate ? 'refresh_token' : grant)
  const { authorize } = inner
  const assertion = definition.assertion && assertionOf(definition, where)
  const refreshes = assertion === undefined && (isTemplate || grant === 'refresh_token')
  const strategy: Own = {
    scheme: 'oauth2',
    fields: assertion?.fields ?? where.fields,
    async acquire(c) {
      const known = inside(c)
      if (assertion)
        return await inner.acquire?.(
          withSettings(c, { ...known.settings, assertion: await assertion.sign(c) }),
        )
      const name = grantOf(c)
      if (name !== 'refresh_token') return await (isTemplate ? innerFor(name) : inner).acquire?.(known)
      const first = tokensIn(definition, scopeOf(where, c), c.now())
      return first ?? (await inner.acquire?.(known))
    },
    ...(refreshes && {
      refresh: async (c) =>
        grantOf(c) === 'refresh_token' ? await inner.refresh?.(inside(c, c.credentials)) : undefined,
    }),
    ...(authorize && {
      authorize: {
        begin: (c) => authorize.begin(inside(c)),
        complete: (c) => authorize.complete(inside(c)),
      },
    }),
    apply: (request, c) => inner.apply(request, c),
    inspect: (response, c) => inner.inspect?.(response, c),
  }
  return strategy
}

/** A token that nothing renews. */
function fixedToken({ accessTokenValue, at }: OAuthDefinition, where: Where): AuthStrategy {
  return strategyOf({ type: 'BearerAuthenticator', api_token: accessTokenValue }, { ...where, at })
}

/** Signs the assertion; a prefix of the header is no part of it. */
function assertionOf(
  definition: OAuthDefinition,
  where: Where,
): { readonly fields: Fields; readonly sign: (c: Context) => Promise<string> } {
  const at = below(definition.at, 'profile_assertion')
  const { header_prefix: _, request_option: _1, ...signer } = definition.assertion ?? {}
  const strategy = strategyOf(signer, { ...where, at })
  const sign = async (c: Context): Promise<string> => {
    const headers = new Headers()
    const url = new URL('https://assertion.invalid')
    const request: OutgoingRequest = { method: 'GET', url, headers, body: null, bytes: noBytes }
    await strategy.apply(request, Object.assign(Object.create(c) as Context, { credentials: undefined }))
    return headers.get('authorization') ?? ''
  }
  return { fields: strategy.fields, sign }
}

const noBytes = (): Promise<Uint8Array<ArrayBuffer>> => Promise.resolve(new Uint8Array())

function warnOf(definition: OAuthDefinition, { warn }: Where, { consent, tokenFormat }: OAuthExtras): void {
  const { at, grant, headers, assertion, scopes, body } = definition
  const path = below(at, 'refresh_request_headers')
  const saysJson = Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /json/i.test(asText(value)),
  )
  if (saysJson && tokenFormat !== 'json')
    warn({
      path,
      message:
        'The header says JSON, and the body is a form, as at home. The option tokenFormat: "json" sends JSON.',
    })
  if (assertion !== undefined && (scopes.length > 0 || Object.keys(body).length > 0))
    warn({ path: at, message: 'With an assertion neither scopes nor refresh_request_body are sent.' })
  if (consent?.shape !== undefined && grant !== 'refresh_token')
    warn({ path: consent.at, message: `The grant ${grant} needs no consent, so none is offered.` })
}
