export type { ApiClient, CallOptions } from './client/api-client.ts'
export type { MembraneCredentials } from './auth/credentials.ts'
export type { Through } from './auth/proxy.ts'
export type { TokenUser } from './auth/token.ts'
export type {
  AuthType,
  Definition,
  Files,
  GraphqlField,
  Implementation,
  ImportedFunction,
  MethodName,
  RequestMapping,
  Ui,
} from './dialect/types.ts'
export { fromMembrane, type MembraneImport } from './import.ts'
export type { MembraneOptions, OptionSetting } from './options.ts'
export { verifyToken, type TokenClaims, type VerifyOptions } from './verify.ts'
