import { AuthError, type Authorization, type Json } from '@latchkey/core'
import { codeIn } from './callback.ts'
import { clientOf } from './client-auth.ts'
import { consentUrl, parametersOf, standardOf, type Pending } from './consent-url.ts'
import type { OAuth2Credentials } from './credentials.ts'
import { newDpopKey } from './dpop.ts'
import { serverOf, type Server } from './endpoints.ts'
import { exchange } from './exchange.ts'
import type { Context, Given } from './options.ts'
import { givenOf, scopesOf, settingOf, withParameters, type Plan } from './plan.ts'
import { stateText, token256 } from './random-text.ts'
import { clientFor } from './registration.ts'
import { resourceOf } from './resource.ts'
import { defined } from './token-response.ts'

/** RFC 9700 section 4.7: a state is good for one sign-in and a short time. */
const consentMs = 900_000

type Settings = Readonly<Record<string, unknown>>

/** Signing in through a browser. RFC 6749 section 4.1, RFC 7636, RFC 9207. */
export function byCode(plan: Plan): Authorization<Settings, OAuth2Credentials> {
  const { options, scheme } = plan
  return {
    async begin(c) {
      const { redirectUri, credentials } = c
      if (redirectUri === undefined || !URL.canParse(redirectUri))
        throw new AuthError('definition_invalid', 'authorize.begin() needs a redirectUri', { scheme })
      // A new consent may be given at another server than the old one.
      const given = { ...givenOf(c, credentials), credentials: undefined, callback: {} }
      const server = serverOf(plan, c, given)
      const registered = await clientFor(plan, c, server, redirectUri, credentials)
      const client = clientOf(plan, c, registered)
      if (client.id === undefined)
        throw new AuthError('client_rejected', 'There is no client id; register a client with the provider', {
          scheme,
        })
      const scopes = scopesOf(plan, given, [
        ...(c.scopes === undefined ? [] : (credentials?.scopes ?? [])),
        ...(c.scopes ?? []),
      ])
      const metadata =
        options.issuer === undefined && options.protectedResource === undefined
          ? undefined
          : await metadataOf(server, plan)
      const pending: Pending = {
        kind: 'oauth2',
        state: stateText(c.random, options.authorize?.state),
        verifier: options.pkce === false ? undefined : token256(c.random),
        nonce: scopes.includes('openid') ? token256(c.random) : undefined,
        redirectUri,
        scopes,
        issuer: await server.issuer(),
        issuerIsSent: metadata?.authorization_response_iss_parameter_supported === true,
        clientId: client.id,
        tokenUrl: definedTokenUrl(plan, given),
        client: registered,
        dpopKey: options.dpop ? await newDpopKey() : undefined,
        expiresAt: c.now() + consentMs,
      }
      const standard = await standardOf(plan, given, client, pending)
      const known = withParameters(given, standard)
      const url = await consentUrl(
        plan,
        c,
        known,
        serverOf(plan, c, known),
        client,
        parametersOf(plan, known, standard),
        pending,
        metadata?.require_pushed_authorization_requests === true,
      )
      return { url, pending: defined(pending) as Json, expiresAt: pending.expiresAt }
    },
    async complete(c) {
      const { callback, redirectUri } = c
      const pending = c.pending as unknown as Partial<Pending> | null
      if (pending?.kind !== 'oauth2' || pending.state === undefined) throw mismatch(scheme)
      const own = pending as Pending
      const names = { ...options.names, ...options.authorize?.names }
      const code = codeIn(callback, { ...own, issuer: own.issuer, names, scheme })
      const given = givenOf(c, undefined, valuesIn(plan, callback))
      const client = clientOf(plan, c, own.client)
      // RFC 9700 section 4.4: the code belongs to the client and the token endpoint that it was asked for.
      const bound = own.clientId === client.id && own.tokenUrl === definedTokenUrl(plan, given)
      if (!bound || (redirectUri !== undefined && redirectUri !== own.redirectUri)) throw mismatch(scheme)
      if (c.now() >= own.expiresAt) throw mismatch(scheme)
      once(c, own.state, scheme)
      const bare = own.issuer === undefined ? given : { ...given, credentials: { issuer: own.issuer } }
      return await exchange(plan, c, {
        request: 'token',
        shape: options.token ?? {},
        params: {
          grant_type: 'authorization_code',
          code,
          redirect_uri: own.redirectUri,
          code_verifier: own.verifier,
          resource: await resourceOf(plan, given),
        },
        given: withParameters(bare, { state: own.state }),
        requestedScopes: own.scopes,
        client: own.client,
        dpopKey: own.dpopKey,
        idToken: { nonce: own.nonce },
      })
    },
  }
}

async function metadataOf(server: Server, { options }: Plan): ReturnType<Server['metadata']> {
  // With every endpoint given, nothing has to be asked.
  return options.authorizationUrl !== undefined && options.tokenUrl !== undefined
    ? undefined
    : await server.metadata()
}

/** What the definition says of the token endpoint, before a callback fills its slots. */
function definedTokenUrl(plan: Plan, given: Given): string {
  const { tokenUrl, issuer, protectedResource, managed } = plan.options
  const named = managed
    ? settingOf(plan, given.settings, 'tokenUrl')
    : (tokenUrl ?? issuer ?? protectedResource)
  return typeof named === 'string' ? named : ''
}

function valuesIn(
  { options: { callbackValues = [] } }: Plan,
  callback: URLSearchParams,
): Record<string, string> {
  const entries = callbackValues.map((name) => [name, callback.getAll(name)] as const)
  return Object.fromEntries(
    entries.flatMap(([name, [value, more]]) =>
      value !== undefined && more === undefined ? [[name, value]] : [],
    ),
  )
}

const usedKey = 'oauth2 used states'

/** RFC 6749 section 4.1.2: a code must not be used twice, and a second try may end what the first one earned. */
function once(c: Context, state: string, scheme: string): void {
  const used = (c.memory.get(usedKey) as readonly string[] | undefined) ?? []
  if (used.includes(state)) throw mismatch(scheme)
  c.memory.set(usedKey, [...used.slice(-99), state])
}

const mismatch = (scheme: string): AuthError =>
  new AuthError('authorization_mismatch', 'The redirect does not belong to this sign-in; begin again', {
    scheme,
  })
