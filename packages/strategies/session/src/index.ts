export type { SavedCookies } from './jar.ts'
export type {
  Answer,
  Completed,
  Expires,
  Login,
  LoginRequest,
  Rule,
  SessionCredentials,
  SessionFields,
  SessionOptions,
  Take,
  Template,
  Use,
} from './options.ts'
export { session } from './session.ts'
