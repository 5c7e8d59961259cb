import { below, memberAt } from '@latchkey/core/definition'
import type { Endpoint, OAuth2Options, Refusal } from '@latchkey/oauth2'
import type { Where } from '../authenticators/where.ts'
import { renderUrlTemplate } from '../template/index.ts'
import { standardAnswer } from './answer.ts'
import { consentAnswer, consentOptions, otherOutputs } from './consent.ts'
import type { ConsentSpec } from './consent-spec.ts'
import type { ErrorRule, OAuthDefinition } from './definition.ts'
import { assertionShape, requestShape, scopeIn } from './token-request.ts'

/** What an `OAuthAuthenticator` may need besides its own definition. */
export interface OAuthExtras {
  /** How a person consents, where the manifest says so. */
  readonly consent?: ConsentSpec | undefined
  /** Of requests for tokens; default a form, as at home. */
  readonly tokenFormat?: 'form' | 'json' | undefined
}

/** Where the definition does not say how long a token lasts, it lasts an hour, as at home. */
const defaultLifetime = 3600

/** The options of `oauth2` that an authenticator stands for under one grant. */
export function optionsOf(
  definition: OAuthDefinition,
  grant: string,
  where: Where,
  { consent, tokenFormat = 'form' }: OAuthExtras,
): OAuth2Options {
  const { names, assertion, errors } = definition
  const url = endpointOf(definition)
  const request = assertion ? assertionShape(definition) : requestShape(definition, tokenFormat)
  const standard = (body: unknown): ReturnType<typeof standardAnswer> => standardAnswer(body, names)
  const others = consent ? otherOutputs(consent.outputs) : []
  return {
    grant: assertion || grant !== 'refresh_token' ? { type: assertion ? jwtBearer : grant } : 'refresh_token',
    clientAuth: assertion ? 'none' : 'client_secret_post',
    tokenUrl: url,
    refreshUrl: url,
    // Who may choose the host is decided where the URL is made.
    endpointOrigins: ['https://*'],
    token: request,
    ...(consent?.shape && consentOptions(consent, consent.shape, where.warn)),
    refresh: request,
    response: {
      refresh_token: [names.refreshToken],
      defaultLifetime,
      ...(others.length > 0 && {
        keep: Object.fromEntries(others.map(({ name }) => [name, ['outputs', name]])),
      }),
      body: (body, kind) =>
        consent?.shape && kind === 'token'
          ? consentAnswer(body, consent, standard, names.refreshToken)
          : standard(body),
    },
    ...(errors && { errors: (refusal) => meaningBy(errors, refusal) }),
  }
}

// RFC 7523 section 2.1.
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** A fixed URL as it stands, so that a code stays bound to it; any other is made for each request. */
function endpointOf({ endpoint = '', at }: OAuthDefinition): Endpoint {
  return /[{}]/.test(endpoint)
    ? (given) => renderUrlTemplate(endpoint, scopeIn(given), below(at, 'token_refresh_endpoint'))
    : endpoint.trim()
}

/** The definition's own rule: a status, and a value at the top of the answer or at a path with dots. */
function meaningBy({ statuses, key, values }: ErrorRule, { status, body }: Refusal): 'rejected' | undefined {
  const said = memberAt(body, [key]) ?? memberAt(body, key.split('.'))
  const text = typeof said === 'string' || typeof said === 'number' ? String(said) : undefined
  return text !== undefined && statuses.includes(status) && values.includes(text) ? 'rejected' : undefined
}
