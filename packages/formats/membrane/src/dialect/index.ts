export { checkAuth } from './check.ts'
export { normalise } from './normalise.ts'
export type { Normalised } from './normalise.ts'
