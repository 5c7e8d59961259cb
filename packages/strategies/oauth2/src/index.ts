export { fromProtectedResource, type ProtectedOptions } from './connector.ts'
export type { OAuth2Credentials, RegisteredClient, Token } from './credentials.ts'
export { oauth2, type OAuth2Input, type OAuth2Strategy } from './oauth2.ts'
export type {
  AssertionShape,
  AuthorizeShape,
  ClientAuth,
  Endpoint,
  ExchangeShape,
  Given,
  GivenFields,
  Grant,
  Meaning,
  Names,
  OAuth2Options,
  OAuth2Settings,
  Path,
  Place,
  RefreshAuth,
  RefreshedToken,
  Refusal,
  RequestAuth,
  RequestShape,
  ResponseShape,
  StandardField,
  StateShape,
  TokenPaths,
  Values,
} from './options.ts'
