export { basic } from './basic.ts'
export type { About, BasicFields, BasicOptions, Completed, StandardFields } from './options.ts'
