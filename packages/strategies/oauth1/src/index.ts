export type { Completed, Flow, MoreFields, StandardFields } from './fields.ts'
export { netsuite, type NetSuiteOptions } from './netsuite.ts'
export { oauth1 } from './oauth1.ts'
export type {
  About,
  ConsentPage,
  Endpoint,
  OAuth1Credentials,
  OAuth1Options,
  OAuth1Settings,
} from './options.ts'
export type { Placement } from './sign.ts'
export type { SignatureMethod } from './signature.ts'
