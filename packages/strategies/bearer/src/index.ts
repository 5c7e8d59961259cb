export { bearer, type About, type BearerOptions, type Completed, type TokenFields } from './bearer.ts'
