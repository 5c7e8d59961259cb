export {
  fakeProvider,
  type FakeProvider,
  type FakeProviderOptions,
  type LoggedRequest,
} from './fake-provider.ts'
export type { IssuedTokens, TokenRules } from './tokens.ts'
