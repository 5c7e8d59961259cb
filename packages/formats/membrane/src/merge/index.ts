export { effectiveOption, mergeOption } from './option.ts'
export type { EffectiveOption } from './option.ts'
