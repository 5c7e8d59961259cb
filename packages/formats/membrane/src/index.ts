export type {
  AuthType,
  Definition,
  Files,
  GraphqlField,
  Implementation,
  ImportedFunction,
  MethodName,
  RequestMapping,
  Ui,
} from './dialect/types.ts'
