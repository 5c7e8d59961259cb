import type { SettingsOf, Strategy } from '@latchkey/core'
import { hmac, type About, type HmacOptions } from './hmac.ts'
import { field, secret, type Public, type Secret } from './preset-fields.ts'

/** The form of an Akamai API client. */
export type EdgeGridFields = {
  readonly clientToken: Public
  readonly accessToken: Public
  readonly clientSecret: Secret
}

/** How an Akamai API signs, where it differs from the others. */
export interface EdgeGridOptions extends About<SettingsOf<EdgeGridFields>> {
  /** The headers that this API wants signed, in its order. Default: none. */
  readonly headersToSign?: readonly string[]
  /** How many bytes of a POST body are hashed; default 131,072. */
  readonly maxBody?: number
}

const edgeGridStart =
  'EG1-HMAC-SHA256 client_token={clientToken};access_token={accessToken};timestamp={timestamp};nonce={nonce};'

/**
 * Akamai EdgeGrid.
 * https://techdocs.akamai.com/developer/docs/edgegrid
 */
export function akamaiEdgeGrid(options: EdgeGridOptions = {}): Strategy<EdgeGridFields, undefined> {
  return hmac(edgeGridOptions(options))
}

/** The same as data, to be changed. */
export function edgeGridOptions(options: EdgeGridOptions = {}): HmacOptions<EdgeGridFields> {
  const { headersToSign = [], maxBody = 131_072, ...about } = options
  return {
    scheme: 'akamai-edgegrid',
    fields: {
      clientToken: field('Client token', '[\\w.-]+'),
      accessToken: field('Access token', '[\\w.-]+'),
      clientSecret: secret('Client secret'),
    },
    secret: 'clientSecret',
    encoding: 'base64',
    derive: { message: '{timestamp}', encoding: 'base64' },
    message: `{method}\t{scheme}\t{host}\t{target}\t{signedHeaders}\t{bodyHash}\t${edgeGridStart}`,
    bodyHash: { empty: 'nothing', methods: ['POST'], maxBytes: maxBody },
    signedHeaders: { names: headersToSign, separator: '\t' },
    timestamp: 'compact',
    nonce: 'uuid',
    headers: { authorization: `${edgeGridStart}signature={signature}` },
    ...about,
  }
}
