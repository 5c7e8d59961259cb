import type { PartialField } from '@latchkey/core'
import { checkOrigin, parseUrlTemplate } from '@latchkey/core/http'
import type { AnyOptions, Endpoint } from './options.ts'
import { anywhere } from './endpoints.ts'
import type { Plan } from './plan.ts'

const endpoints = [
  'issuer',
  'protectedResource',
  'authorizationUrl',
  'tokenUrl',
  'refreshUrl',
  'deviceUrl',
  'pushedUrl',
  'revocationUrl',
  'introspectionUrl',
  'userinfoUrl',
  'registrationUrl',
] as const satisfies readonly (keyof AnyOptions)[]

/**
 * Finds what cannot work before anybody signs in.
 * @throws {TypeError} that names the option
 */
export function checkPlan({ options, grant }: Plan): void {
  const fail = (problem: string): never => {
    throw new TypeError(`oauth2: ${problem}`)
  }
  for (const name of endpoints) {
    const endpoint: Endpoint | undefined = options[name]
    if (typeof endpoint === 'string') parseUrlTemplate(endpoint)
    else if (endpoint !== undefined && options.endpointOrigins === undefined)
      fail(
        `a computed ${name} needs endpointOrigins, such as ['https://*.example.com'], to be checked against`,
      )
  }
  const typed = Object.entries(options.fields ?? {}).filter(([, field]) => isFree(field))
  if (options.refreshAccessToken !== undefined && typed.length > 0 && options.endpointOrigins === undefined)
    fail(
      `refreshAccessToken sees what a user types (${typed.map(([name]) => name).join(', ')}) and could call any host with it: ` +
        `give endpointOrigins, such as ['https://*.example.com'], or the field format 'subdomain'`,
    )
  for (const origin of options.endpointOrigins ?? [])
    if (origin !== anywhere) checkOrigin(origin, 'oauth2: endpointOrigins')
  const { issuer, protectedResource, managed, tokenUrl, authorizationUrl, refreshAccessToken, authorize } =
    options
  const found = issuer ?? protectedResource ?? managed
  const needsToken = grant !== 'authorization_code' || authorizationUrl !== undefined
  if (
    found === undefined &&
    tokenUrl === undefined &&
    (needsToken || refreshAccessToken === undefined) &&
    needsToken
  )
    fail('give tokenUrl, or an issuer whose metadata name it')
  if (grant === 'device_code' && found === undefined && options.deviceUrl === undefined)
    fail('the device grant needs deviceUrl, or an issuer')
  if (authorize?.pushed === true && found === undefined && options.pushedUrl === undefined)
    fail('authorize.pushed needs pushedUrl, or an issuer')
  const { length = 43, alphabet } = authorize?.state ?? {}
  // 8 characters of 16 are 32 bits: what the shortest providers allow, and only until the consent ends.
  if (!Number.isInteger(length) || length < 8 || length > 512) fail('authorize.state.length must be 8 to 512')
  if (alphabet !== undefined && (new Set(alphabet).size < 16 || !/^[\x21-\x7e]{16,256}$/.test(alphabet)))
    fail('authorize.state.alphabet must have at least 16 different characters of printable ASCII')
  if (options.scopeSeparator === '') fail('scopeSeparator must not be empty')
  if (options.extendRequest !== undefined && options.dpop)
    fail('extendRequest cannot carry a proof of possession; use place')
}

/** Whether a user may type anything at all into it. */
function isFree(field: PartialField): boolean {
  const { type, owner } = field
  return (
    owner !== 'app' &&
    type !== 'number' &&
    type !== 'boolean' &&
    !('choices' in field) &&
    !('format' in field && field.format === 'subdomain')
  )
}
