export { fromAirbyte, type AirbyteOptions } from './connector/from-airbyte.ts'
