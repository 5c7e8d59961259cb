import type { Json } from '@latchkey/core'
import { below, memberAt, type JsonObject, type Warning } from '@latchkey/core/definition'
import type { Given, OAuth2Options, RequestShape, StateShape } from '@latchkey/oauth2'
import { renderText, renderUrlTemplate, type Scope } from '../template/index.ts'
import type { ConsentShape, ConsentSpec } from './consent-spec.ts'
import { asText } from './definition.ts'
import { translated } from './jinjava.ts'
import { scopeIn } from './token-request.ts'

/** Nothing is added to what the templates say. */
const omit = [
  'response_type',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'grant_type',
  'code',
  'code_verifier',
]

/** The consent's part of the options of `oauth2`. */
export type ConsentOptions = Pick<
  OAuth2Options,
  'authorizationUrl' | 'tokenUrl' | 'authorize' | 'token' | 'pkce' | 'scopes' | 'scopeSeparator'
>

/** The options that the templates of a consent stand for. */
export function consentOptions(
  spec: ConsentSpec,
  shape: ConsentShape,
  warn: (warning: Warning) => void,
): ConsentOptions {
  const { at, keys, scopes, separator } = shape
  const consent = translated(shape.consentUrl, keys)
  const exchange = translated(shape.tokenUrl, keys)
  const names = { state: keys['state'] ?? 'state', code: keys['auth_code'] ?? 'code' }
  const state = stateOf(shape, warn)
  return {
    authorizationUrl: (given) =>
      renderUrlTemplate(consent.text, withVariables(given, spec, shape), below(at, 'consent_url')),
    tokenUrl: (given) =>
      renderUrlTemplate(
        exchange.text,
        withVariables(given, spec, shape, consent.challenges),
        below(at, 'access_token_url'),
      ),
    authorize: { omit, names, ...(state && { state }) },
    // RFC 7636: where the templates ask for it; a provider that does not know it may refuse its parameters.
    pkce: consent.challenges,
    scopes,
    scopeSeparator: separator,
    token: exchangeShape(spec, shape, consent.challenges),
  }
}

/** The request that trades the code. Its parameters are those of the definition and no others. */
function exchangeShape(spec: ConsentSpec, shape: ConsentShape, pkce: boolean): RequestShape {
  const { at, keys, headers, params } = shape
  const type = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const isForm = params === undefined || /^\s*application\/x-www-form-urlencoded\b/i.test(type ?? '')
  const text = (template: string, given: Given, place: string, hashed = pkce): string =>
    renderText(translated(template, keys).text, withVariables(given, spec, shape, hashed), place)
  const entries = (map: JsonObject, name: string, given: Given): Record<string, string> =>
    Object.fromEntries(
      Object.entries(map).map(([key, value]) => {
        const place = below(below(at, name), key)
        // At home the verifier is the state, so that a template cannot say which of the two it means but by the key.
        const isState = key === keys['state']
        return [text(key, given, place), text(asText(value), given, place, pkce && !isState)]
      }),
    )
  return {
    omit,
    format: isForm ? 'form' : 'json',
    ...(headers && { headers: (given) => entries(headers, 'access_token_headers', given) }),
    params: (given) => entries(params ?? {}, 'access_token_params', given),
  }
}

/**
 * What the templates of a consent see besides the configuration: keys, values and pairs of the parameters, the other texts
 * of the specification, and what the configuration gives by name.
 */
function withVariables(given: Given, { inputs }: ConsentSpec, shape: ConsentShape, hashed = false): Scope {
  const { keys, texts } = shape
  const { settings, parameters = {} } = given
  const scope = scopeIn(given)
  const scopes = parameters['scope'] ?? shape.scopes.join(shape.separator)
  const values: Readonly<Record<string, unknown>> = {
    auth_code: parameters['code'],
    client_id: settings['clientId'],
    client_secret: settings['clientSecret'],
    redirect_uri: parameters['redirect_uri'],
    scope: scopes,
    scopes,
    optional_scopes: scopes,
    state: hashed ? parameters['code_verifier'] : parameters['state'],
    code_challenge: parameters['code_challenge'],
    code_verifier: parameters['code_verifier'],
  }
  const known = Object.entries(values).filter(([, value]) => value !== undefined)
  const own = {
    ...Object.fromEntries(Object.entries(keys).map(([name, key]) => [`${name}_key`, key])),
    ...Object.fromEntries(known.map(([name, value]) => [`${name}_value`, value])),
    ...Object.fromEntries(
      known.map(([name, value]) => [`${name}_param`, `${keys[name] ?? name}=${String(value)}`]),
    ),
  }
  return {
    ...scope,
    // No value of the user's takes the place of one of the protocol's.
    inputs: Object.fromEntries(Object.entries(inputs).filter(([name]) => !Object.hasOwn(own, name))),
    extra: { ...texts, ...own },
  }
}

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_'
/** What `oauth2` takes at least and at most. */
const bounds = { least: 8, most: 512 }

/** As long as the definition allows, because a guessed state is a forged sign-in. */
function stateOf({ state, at }: ConsentShape, warn: (warning: Warning) => void): StateShape | undefined {
  if (state === undefined) return undefined
  const { max } = state
  if (max < bounds.least)
    warn({
      path: below(at, 'state'),
      message: `A state of at most ${max} characters can be guessed; ${bounds.least} are sent.`,
    })
  return { length: Math.min(bounds.most, Math.max(bounds.least, Math.floor(max))), alphabet }
}

/** An answer of the exchange in the form in which `oauth2` reads it; values besides tokens are kept under `outputs`. Pure. */
export function consentAnswer(
  body: unknown,
  { outputs }: Pick<ConsentSpec, 'outputs'>,
  standard: (body: unknown) => JsonObject,
  refreshName: string,
): JsonObject {
  const found = (name: string): Json | undefined => {
    const output = outputs.find((each) => each.name === name)
    return output && (memberAt(body, output.answerPath) as Json | undefined)
  }
  const others = otherOutputs(outputs).map(({ name }) => [name, found(name)] as const)
  const own = standard(body)
  const [other] = others.filter(([, value]) => typeof value === 'string')
  const members: (readonly [string, Json | undefined])[] = [
    ['access_token', found('access_token') ?? own['access_token'] ?? other?.[1]],
    [refreshName, found('refresh_token') ?? own['refresh_token']],
    ['expires_in', found('token_expiry_date') ?? found('expires_in') ?? own['expires_in']],
    ['outputs', Object.fromEntries(others.filter(([, value]) => value !== undefined))],
  ]
  return { ...own, ...Object.fromEntries(members.filter(([, value]) => value !== undefined)) }
}

/** What a consent brings besides tokens and their end. */
export const otherOutputs = (outputs: ConsentSpec['outputs']): ConsentSpec['outputs'] =>
  outputs.filter(
    ({ name }) => !['access_token', 'refresh_token', 'token_expiry_date', 'expires_in'].includes(name),
  )
