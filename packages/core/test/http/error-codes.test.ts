import { expect, test } from '@jest/globals'
import { isAuthError, remedyOf, type AuthErrorCode } from '@latchkey/core'
import {
  basicHeader,
  createRequestClient,
  headerValue,
  mergeJsonBody,
  mergeRequest,
  networkFailure,
  quoted,
  renderText,
  renderUrl,
  toAuthError,
} from '@latchkey/core/http'
import { api, network } from '../support.ts'

const secret = 'CANARY-secret'
const status = (code: number): Response => new Response(`body with ${secret}`, { status: code })

const post = () => ({
  method: 'POST',
  url: new URL(api),
  headers: new Headers({ 'content-type': 'text/csv' }),
  body: 'a,b',
  bytes: () => Promise.resolve(new Uint8Array()),
})
const client = (answer: () => Response) => createRequestClient({ fetch: network(answer).fetch })

const helpers: readonly (readonly [string, AuthErrorCode, () => unknown])[] = [
  [
    'headerValue refuses what no header can carry',
    'settings_invalid',
    () => headerValue(`${secret}\r\n`, 'apiKey'),
  ],
  ['quoted refuses control characters', 'settings_invalid', () => quoted(`${secret}\0`, 'realm')],
  ['basicHeader refuses a colon in the user name', 'settings_invalid', () => basicHeader(`${secret}:`, 'x')],
  [
    'renderUrl refuses a value that would choose another host',
    'settings_invalid',
    () => renderUrl('https://{site}.example.com', { site: `${secret}/` }),
  ],
  [
    'renderText refuses a slot without a value',
    'settings_invalid',
    () => renderText('{a}', {}, (value) => value),
  ],
  [
    'the request client names what an API refuses',
    'credentials_rejected',
    () => client(() => status(403))(api),
  ],
  [
    'the request client names an API that is away',
    'provider_unavailable',
    () => client(() => status(502))(api),
  ],
  [
    'the request client names an answer that is not what was asked for',
    'response_invalid',
    () => client(() => new Response(secret))(api, { responseType: 'json' }),
  ],
  [
    'mergeRequest refuses a relative URL without a prefix',
    'definition_invalid',
    () => mergeRequest(secret, {}),
  ],
  [
    'mergeJsonBody refuses a body that is not JSON',
    'unsupported',
    () => mergeJsonBody(post(), { a: 1 }, (a) => a),
  ],
  [
    'networkFailure names a special address behind a name',
    'origin_forbidden',
    () => {
      throw networkFailure(Object.assign(new Error(secret), { code: 'ERR_SPECIAL_ADDRESS' }), api)
    },
  ],
  [
    'toAuthError takes over no foreign text',
    'response_invalid',
    () => {
      throw toAuthError(new SyntaxError(`Unexpected token in ${secret}`))
    },
  ],
]

test.each(helpers)('%s', async (_, code, reach) => {
  const error = await Promise.resolve()
    .then(reach)
    .catch((thrown: unknown) => thrown)
  expect(isAuthError(error)).toBe(true)
  expect(error).toMatchObject({ code, remedy: remedyOf(code) })
  expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack ?? ''}`).not.toContain(secret)
})
