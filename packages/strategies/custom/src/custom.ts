import type {
  AuthStrategy,
  BaseUrl,
  Credentials,
  Fields,
  SettingsOf,
  Strategy,
  Unnamed,
} from '@latchkey/core'
import {
  baseUrlOf,
  extend,
  testWith,
  type Extension,
  type RequestOptions,
  type TestRequest,
} from '@latchkey/core/http'
import { guardedFields, render, type RequestTemplate } from './template.ts'

/** What the three forms have in common: a strategy's own members, and Segment's test. */
export type CustomVerbs<F extends Fields, C extends Credentials | undefined> = Omit<
  AuthStrategy<SettingsOf<F>, C>,
  'fields' | 'scheme' | 'apply' | 'select' | 'choices' | 'discriminator' | '~input'
> & {
  readonly fields: F
  /** A stable name for these credentials, where there are any; default 'custom'. */
  readonly scheme?: string
  /** Gets a client that signs in, on the base URL. `test` wins. */
  readonly testRequest?: TestRequest<SettingsOf<F>, C>
}

/** How the credentials get onto a request, in one of three ways. */
export type CustomOptions<F extends Fields, C extends Credentials | undefined> = CustomVerbs<F, C> &
  (
    | {
        /** Called for each request, with the settings and what was earned. */
        readonly extendRequest: (given: {
          readonly settings: SettingsOf<F>
          readonly auth: C
        }) => Extension | Promise<Extension>
        readonly request?: never
        readonly apply?: never
      }
    | { readonly request: RequestTemplate; readonly extendRequest?: never; readonly apply?: never }
    | {
        readonly apply: AuthStrategy<SettingsOf<F>, C>['apply']
        readonly extendRequest?: never
        readonly request?: never
      }
  )

/**
 * A scheme of your own: `extendRequest` (a function, as at Segment), `request` (the same in plain JSON) or `apply`.
 * A base URL that `extendRequest` computes must match `origins`, such as `['https://*.example.com']`.
 * @throws {TypeError} that names an option that cannot work
 */
export function custom<const F extends Fields, C extends Credentials | undefined = Unnamed>(
  options: CustomOptions<F, C>,
): Strategy<F, C> {
  const {
    scheme = 'custom',
    fields,
    testRequest,
    extendRequest,
    request,
    apply,
    ...verbs
  } = options as unknown as Given
  if ([request, extendRequest, apply].filter((way) => way !== undefined).length !== 1) {
    throw new TypeError('custom: give one of extendRequest, request and apply')
  }
  const how: Way = request
    ? byTemplate(request, fields)
    : extendRequest
      ? byFunction(extendRequest)
      : { apply }
  const { extension } = how
  const strategy: AuthStrategy<Settings, Credentials | undefined> = {
    baseUrl: how.baseUrl,
    ...testWith(
      testRequest as TestRequest<Settings> | undefined,
      extension && (async (c) => clientDefaults(await extension(c.settings, c.credentials))),
    ),
    ...verbs,
    scheme,
    fields: how.fields ?? fields,
    apply: how.apply,
  }
  return strategy as unknown as Strategy<F, C>
}

type Settings = Readonly<Record<string, unknown>>
type Given = CustomOptions<Fields, Credentials | undefined>

/** How credentials get onto a request, whatever way it was said. */
interface Way {
  readonly apply: AuthStrategy<Settings, Credentials | undefined>['apply']
  readonly fields?: Fields
  readonly baseUrl?: BaseUrl | undefined
  readonly extension?: (settings: Settings, auth: unknown) => Extension | Promise<Extension>
}

function byTemplate(template: RequestTemplate, given: Fields): Way {
  const fields = guardedFields(template, given)
  const extension = (settings: Settings): Extension => render(template, fields, settings)
  return {
    fields,
    baseUrl: template.prefixUrl,
    extension,
    apply: (request, { settings }) => extend(request, extension(settings), settings),
  }
}

function byFunction(extendRequest: NonNullable<Given['extendRequest']>): Way {
  const extension: NonNullable<Way['extension']> = (settings, auth) =>
    extendRequest({ settings: settings as never, auth: auth as never })
  return {
    extension,
    baseUrl: async ({ settings, credentials }) => baseUrlOf(await extension(settings, credentials)),
    apply(request, { settings, credentials }) {
      const extended = extension(settings, credentials)
      // Synchronous where the function is: a request then waits for nothing.
      return 'then' in extended
        ? extended.then((ready) => extend(request, ready, settings))
        : extend(request, extended, settings)
    },
  }
}

/** Headers, query and JSON are put on each request that is sent, so that a redirect cannot take them elsewhere. */
function clientDefaults({ method, json, timeout, responseType, throwHttpErrors }: Extension): RequestOptions {
  return {
    method: method ?? (json === undefined ? undefined : 'POST'),
    timeout,
    responseType,
    throwHttpErrors,
  }
}
