import type { Strategy } from '@latchkey/core'
import type { Completed, StandardFields } from './fields.ts'
import { oauth1 } from './oauth1.ts'
import type { About, OAuth1Settings } from './options.ts'

type NetSuiteFields = {
  readonly accountId: {
    readonly type: 'string'
    readonly label: string
    readonly help: string
    readonly pattern: string
    readonly patternHint: string
    readonly required: true
    readonly public: true
  }
  readonly token: { readonly label: string }
  readonly tokenSecret: { readonly label: string }
}

const fields: NetSuiteFields = {
  accountId: {
    type: 'string',
    label: 'Account ID',
    help: 'Setup → Company → Company Information',
    pattern: '[A-Za-z\\d]+(?:[_-][A-Za-z\\d]+)*',
    patternHint: 'An account ID is letters and digits, such as 1234567 or 1234567_SB1.',
    required: true,
    public: true,
  },
  token: { label: 'Token ID' },
  tokenSecret: { label: 'Token secret' },
}

export interface NetSuiteOptions extends Omit<
  About<OAuth1Settings<'HMAC-SHA256', 'tokens', NetSuiteFields>>,
  'baseUrl' | 'origins'
> {
  /** Which of the account's hosts is the base URL: `suitetalk` (REST and SOAP web services, the default) or `restlets`. */
  readonly service?: 'suitetalk' | 'restlets'
}

/**
 * NetSuite's token-based authentication: the account is the realm (`1234567_SB1`) and names the host
 * (`1234567-sb1.suitetalk.api.netsuite.com`).
 */
export function netsuite(
  options: NetSuiteOptions = {},
): Strategy<Completed<NetSuiteFields, StandardFields<'HMAC-SHA256', 'tokens'>>, undefined> {
  const { service = 'suitetalk', ...about } = options
  if (service !== 'suitetalk' && (service as string) !== 'restlets')
    throw new TypeError("netsuite: service must be 'suitetalk' or 'restlets'")
  return oauth1({
    ...about,
    signatureMethod: 'HMAC-SHA256',
    fields,
    realm: ({ accountId }) => accountId.replaceAll('-', '_').toUpperCase(),
    baseUrl: ({ settings }) =>
      `https://${String(settings['accountId']).replaceAll('_', '-').toLowerCase()}.${service}.api.netsuite.com`,
    origins: [`https://*.${service}.api.netsuite.com`],
  })
}
