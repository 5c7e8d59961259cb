export { apiKey, type About, type ApiKeyOptions, type Completed, type KeyFields } from './api-key.ts'
export type { Clash } from '@latchkey/core/http'
export type { Placement } from './placement.ts'
