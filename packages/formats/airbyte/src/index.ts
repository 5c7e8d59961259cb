export type { Template } from './template/index.ts'
