export { custom, type CustomOptions, type CustomVerbs } from './custom.ts'
export type { Extension } from './extension.ts'
export type { RequestTemplate } from './template.ts'
