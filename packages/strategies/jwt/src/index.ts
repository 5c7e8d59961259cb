export type { JwtAlgorithm } from './algorithm.ts'
export type { ClaimsInput, MembersOption, Time, TokenText } from './claims.ts'
export { jwt } from './jwt.ts'
export type { Members } from './key.ts'
export type { About, Completed, JwtFields, JwtOptions, KeyOptions, StandardFields } from './options.ts'
export {
  atlassianConnect,
  coinbaseCdp,
  integrationAppToken,
  membraneToken,
  type PlatformForm,
  type PlatformOptions,
} from './presets.ts'
export { canonicalRequest, type SignedRequest } from './request.ts'
export type { KeyEncoding } from './secret.ts'
