import type { AuthContext, AuthStrategy, Fields } from '@latchkey/core'
import type { JsonObject, Warning } from '@latchkey/core/definition'
import type { Scope } from '../template/index.ts'

/** Settings as a strategy sees them. */
export type Settings = Readonly<Record<string, unknown>>

/** What an authenticator needs to know of the manifest around it. */
export interface Where {
  /** Where the authenticator stands: `definitions.requester.authenticator`. */
  readonly at: string
  /** All fields of the form: what the strategy asks for, whichever of them it reads. */
  readonly fields: Fields
  /** The configuration as the manifest knows it, out of the settings of the form. Pure. */
  readonly configOf: (settings: Settings) => JsonObject
  /** `$parameters` of the component. */
  readonly parameters: JsonObject
  readonly warn: (warning: Warning) => void
  /** What makes a strategy of an `OAuthAuthenticator`. */
  readonly oauth: (definition: unknown, where: Where) => AuthStrategy
  /** The requester that holds the authenticator, where there is one. */
  readonly requester?: JsonObject | undefined
  /** What the form allows at a path of the configuration, for a URL that a choice completes. */
  readonly choices?: Scope['choices']
  /** Special addresses that a URL of the user's may name. */
  readonly allow?: Scope['allow']
}

/** Reads an authenticator that stands inside another one. */
export type StrategyOf = (authenticator: unknown, where: Where) => AuthStrategy

type World = Pick<AuthContext<Settings>, 'settings' | 'now' | 'random'>

/** What the templates of an authenticator see; `extra` are variables such as `session_token`. */
export function scopeOf(where: Where, world: World, extra?: Readonly<Record<string, unknown>>): Scope {
  const { configOf, parameters, choices, allow } = where
  const { settings, now, random } = world
  return { config: configOf(settings), parameters, now, random, extra, choices, allow }
}
