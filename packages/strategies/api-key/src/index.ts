export { apiKey, type About, type ApiKeyOptions, type Completed, type KeyFields } from './api-key.ts'
export type { Clash, Placement } from './placement.ts'
