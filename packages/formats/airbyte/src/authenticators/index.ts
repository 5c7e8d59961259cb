export { strategyOf } from './strategy-of.ts'
export type { Where } from './where.ts'
