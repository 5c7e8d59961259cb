export { branchesOf, type Branches } from './selective.ts'
export { strategyOf } from './strategy-of.ts'
export type { Where } from './where.ts'
