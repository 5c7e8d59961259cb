export {
  basic,
  type About,
  type BasicFields,
  type BasicOptions,
  type Completed,
  type StandardFields,
} from './basic.ts'
