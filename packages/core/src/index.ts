export { allOf } from './all-of.ts'
export { connect } from './connect.ts'
export type {
  ApplyOptions,
  Connection,
  ConnectOptions,
  Question,
  Status,
  Target,
} from './connection/types.ts'
export { connections } from './connections/connections.ts'
export { strategyOf } from './connections/settings.ts'
export type {
  Connections,
  ConnectionsOptions,
  Connectors,
  Filter,
  NewConnection,
  Settings,
  Summary,
} from './connections/types.ts'
export { defineConnector, isConnector } from './connector.ts'
export type { Connector, RenewWhen } from './connector.ts'
export { AuthError, isAuthError, remedyOf } from './errors.ts'
export type { AuthErrorCode, AuthErrorOptions, Fault, Remedy } from './errors.ts'
export type { AuthEvent, AuthEventType, OnEvent } from './events.ts'
export { completeField, guardField, without } from './fields/complete.ts'
export type { CompletedField, FieldGuard, PartialField } from './fields/complete.ts'
export type {
  BooleanField,
  Choice,
  ChoicesOf,
  Condition,
  Field,
  Fields,
  FieldValue,
  NumberField,
  SettingsInput,
  SettingsOf,
  TextField,
} from './fields/field.ts'
export { toJsonSchema } from './fields/json-schema.ts'
export { checkSettings, conditionHolds } from './fields/settings.ts'
export type { Checked } from './fields/settings.ts'
export { none } from './none.ts'
export { options } from './options.ts'
export type {
  Claim,
  Commit,
  DuePage,
  Failure,
  ListedRecord,
  ListPage,
  NewRecord,
  Page,
  Parent,
  Release,
  StoredRecord,
  StoreDriver,
} from './store/contract.ts'
export { adoptStore, ownedBy, ownershipOf } from './store/deployment.ts'
export { encrypted } from './store/encrypted.ts'
export { generateKey } from './store/keyring.ts'
export type { KeyBytes, Keyring } from './store/keyring.ts'
export { memoryStore } from './store/memory.ts'
export { keyUse, reseal } from './store/reseal.ts'
export type { ResealOptions, ResealProgress } from './store/reseal.ts'
export { defineStrategy } from './strategy.ts'
export type {
  Account,
  AuthContext,
  Authorization,
  AuthStrategy,
  BaseUrl,
  CredentialContext,
  Credentials,
  CredentialsOf,
  InputOf,
  Json,
  Known,
  OutgoingRequest,
  Prompt,
  Runtime,
  Strategy,
  TestContext,
  Unnamed,
  Verdict,
} from './strategy.ts'
export { systemNow } from './world/clock.ts'
export type { NetworkOptions, WorldOptions } from './world/options.ts'
export { createWorld } from './world/world.ts'
export type { World, WorldParts } from './world/world.ts'
