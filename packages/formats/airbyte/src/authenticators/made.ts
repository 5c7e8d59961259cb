import { AuthError, isAuthError, type AuthContext, type AuthStrategy } from '@latchkey/core'
import { invalid } from '@latchkey/core/definition'
import { redact } from '@latchkey/core/http'
import type { Scope } from '../template/index.ts'
import { scopeOf, type Settings, type Where } from './where.ts'

/** What an authenticator comes to under one configuration: a strategy of ours, and the settings that it takes. */
export interface Made {
  readonly strategy: AuthStrategy
  readonly settings: Settings
  /** What errors call these settings: the places in the configuration that they came from. */
  readonly names?: Readonly<Record<string, string | undefined>>
}

type Context = AuthContext<Settings>

/**
 * Makes something of a configuration once for each key; anew each time where its templates spoke of time or chance.
 * The first argument of `make` is what the templates see.
 */
export function kept<K extends object, V>(
  where: Where,
  make: (scope: Scope, key: K) => V,
  extraOf?: (key: K) => Readonly<Record<string, unknown>>,
): (c: Pick<Context, 'settings' | 'now' | 'random'>, key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>()
  return (c, key) => {
    const before = known.get(key)
    if (before) return before.value
    const world = { wasAsked: false }
    const now = (): number => {
      world.wasAsked = true
      return c.now()
    }
    const random: Context['random'] = (length) => {
      world.wasAsked = true
      return c.random(length)
    }
    const { settings } = c
    const value = make(scopeOf(where, { settings, now, random }, extraOf?.(key)), key)
    if (!world.wasAsked) known.set(key, { value })
    return value
  }
}

/** The same context with other settings; what it inherits stays. */
export function withSettings<C extends object>(c: C, settings: Settings): C {
  return Object.create(c, { settings: { value: settings, enumerable: true } }) as C
}

/**
 * An authenticator as a strategy that shows the form of the manifest. `listens`: the strategies that are made have
 * `inspect`; otherwise a 401 means what it means everywhere.
 */
export function strategyMade(
  where: Where,
  scheme: string,
  make: (scope: Scope) => Made,
  listens = false,
): AuthStrategy {
  const under = kept(where, (scope) => attempt(where.at, () => make(scope)))
  const strategy: AuthStrategy<Settings> = {
    scheme,
    fields: where.fields,
    apply(request, c) {
      const made = under(c, c.settings)
      return renamed(where.at, made, () => made.strategy.apply(request, withSettings(c, made.settings)))
    },
    ...(listens && {
      inspect: (response, c) => {
        const made = under(c, c.settings)
        return made.strategy.inspect?.(response, withSettings(c, made.settings))
      },
    }),
    redact(text, c) {
      const made = madeBefore(() => under(c, c.settings))
      if (!made) return text
      const secrets = Object.values(made.settings).filter(
        (value) => typeof value === 'string' && value.length > 3,
      )
      const hidden = redact(text, secrets as string[])
      return made.strategy.redact?.(hidden, withSettings(c, made.settings)) ?? hidden
    },
  }
  return strategy
}

/** What cannot be made has nothing to hide, and the error that says so must come through. */
function madeBefore(make: () => Made): Made | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** Runs what names our own settings in its errors, and names those of the form instead. */
export function renamed<T>(
  at: string,
  { names = {} }: Pick<Made, 'names'>,
  run: () => T | Promise<T>,
): T | Promise<T> {
  const rename = (error: unknown): never => {
    const own = isAuthError(error) ? error.field : undefined
    const field = own !== undefined && Object.hasOwn(names, own) ? names[own] : undefined
    if (!isAuthError(error) || own === undefined || field === undefined) throw error
    const { code, scheme, retryAfter } = error
    throw new AuthError(code, `${at}: ${error.message.replace(own, field)}`, { scheme, field, retryAfter })
  }
  try {
    const result = run()
    return result instanceof Promise ? result.catch(rename) : result
  } catch (error) {
    return rename(error)
  }
}

/** What our factories call a programming mistake is one of the manifest's author here. */
export function attempt<T>(at: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof TypeError) throw invalid(at, error.message)
    throw error
  }
}
