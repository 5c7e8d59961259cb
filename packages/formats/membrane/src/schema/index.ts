export { formOfSchema, isSecret } from './form.ts'
export { mergeSchemas } from './merge.ts'
