export { custom, type CustomOptions, type CustomVerbs } from './custom.ts'
export type { Extension } from '@latchkey/core/http'
export type { RequestTemplate } from './template.ts'
