export { fromAirbyte, type AirbyteOptions } from './connector/from-airbyte.ts'
export { sharedAuthenticators, type SharedAuthenticator } from './shared/authenticators.ts'
export { link, unlink, type Difference, type Linked } from './shared/link.ts'
