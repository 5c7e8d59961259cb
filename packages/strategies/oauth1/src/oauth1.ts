import type { AuthStrategy, Strategy } from '@latchkey/core'
import { checkOptions } from './check.ts'
import { earning, type Kept, type Loose, type Values } from './earning.ts'
import { formOf, textOf, type Completed, type Flow, type MoreFields, type StandardFields } from './fields.ts'
import type { OAuth1Credentials, OAuth1Options } from './options.ts'
import { signRequest, type Signer, type Signing } from './sign.ts'
import type { SignatureMethod } from './signature.ts'

/**
 * Requests that are signed with a consumer's secret and a token's. RFC 5849.
 * @throws {TypeError} that names an option that cannot work
 */
export function oauth1<
  const M extends SignatureMethod = 'HMAC-SHA1',
  const W extends Flow = 'tokens',
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- no field besides the standard ones
  const F extends MoreFields = {},
>(
  options: { readonly signatureMethod?: M; readonly flow?: W; readonly fields?: F } & OAuth1Options<
    NoInfer<M>,
    NoInfer<W>,
    NoInfer<F>
  > = {},
): Strategy<
  Completed<NoInfer<F>, StandardFields<NoInfer<M>, NoInfer<W>>>,
  NoInfer<W> extends 'tokens' | 'one-legged' ? undefined : OAuth1Credentials
> {
  const {
    signatureMethod = 'HMAC-SHA1',
    flow = 'tokens',
    fields: more = {},
    placement = 'header',
    bodyHash = false,
    realm,
    requestToken: _requestToken,
    authorize: _authorize,
    accessToken: _accessToken,
    refresh: _refresh,
    confirmsCallback: _confirmsCallback,
    callbackValues: _callbackValues,
    ...about
  }: Loose = options
  checkOptions(options)
  const fields = formOf(signatureMethod, flow, more)
  const signing: Signing = { signatureMethod, placement, bodyHash }

  const signerFor = (settings: Values, token?: string, tokenSecret = ''): Signer => ({
    consumerKey: textOf(settings, fields, 'consumerKey') ?? '',
    consumerSecret: 'consumerSecret' in fields ? textOf(settings, fields, 'consumerSecret') : undefined,
    privateKey: 'privateKey' in fields ? textOf(settings, fields, 'privateKey') : undefined,
    token,
    tokenSecret,
    realm: typeof realm === 'function' ? realm(settings as never) : realm,
  })

  /** Whose secrets sign a request to the API. */
  const apiSigner = (settings: Values, credentials: Kept): Signer => {
    if (flow !== 'tokens') return signerFor(settings, credentials?.token, credentials?.tokenSecret)
    const secret = 'tokenSecret' in fields ? textOf(settings, fields, 'tokenSecret') : undefined
    return signerFor(settings, textOf(settings, fields, 'token'), secret)
  }

  const strategy: AuthStrategy<Values, Kept> = {
    ...about,
    scheme: 'oauth1',
    fields,
    ...earning(options, flow, fields, signing, signerFor),
    apply: (request, c) => signRequest(request, signing, apiSigner(c.settings, c.credentials), c),
  }
  return strategy as AuthStrategy as ReturnType<typeof oauth1<M, W, F>>
}
