import { parseUrlTemplate } from '@latchkey/core/http'
import type { Flow } from './fields.ts'
import type { Endpoint } from './options.ts'
import type { Placement } from './sign.ts'
import { signatureMethods, type SignatureMethod } from './signature.ts'

/** What of the options can be wrong. */
export interface Checkable {
  readonly signatureMethod?: SignatureMethod
  readonly placement?: Placement
  readonly flow?: Flow
  readonly requestToken?: string | Endpoint
  readonly authorize?: string | Pick<Endpoint, 'url'>
  readonly accessToken?: string | Endpoint
  readonly refresh?: true | string | Endpoint
}

const needs: Readonly<Record<Flow, readonly ('requestToken' | 'authorize' | 'accessToken')[]>> = {
  tokens: [],
  'one-legged': [],
  'two-legged': ['accessToken'],
  'three-legged': ['requestToken', 'authorize', 'accessToken'],
}

/** @throws {TypeError} that names the option */
export function checkOptions(options: Checkable): void {
  const { signatureMethod = 'HMAC-SHA1', placement = 'header', flow = 'tokens', refresh } = options
  const fail = (problem: string): never => {
    throw new TypeError(`oauth1: ${problem}`)
  }
  if (!signatureMethods.includes(signatureMethod))
    fail(`signatureMethod must be one of ${signatureMethods.join(', ')}`)
  if (!['header', 'query', 'form'].includes(placement)) fail("placement must be 'header', 'query' or 'form'")
  if (!Object.hasOwn(needs, flow)) fail(`flow must be one of ${Object.keys(needs).join(', ')}`)
  for (const name of needs[flow]) if (options[name] === undefined) fail(`${flow} needs ${name}`)
  if (refresh !== undefined && needs[flow].length === 0)
    fail(`refresh has nothing to renew in the flow ${flow}`)
  for (const name of ['requestToken', 'authorize', 'accessToken', 'refresh'] as const) {
    const given = options[name]
    if (given === undefined || given === true) continue
    try {
      parseUrlTemplate(typeof given === 'string' ? given : given.url)
    } catch (error) {
      throw new TypeError(`oauth1: ${name}: ${(error as Error).message}`, { cause: error })
    }
  }
}
