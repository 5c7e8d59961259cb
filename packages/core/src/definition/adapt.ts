import type { Fields } from '../fields/field.ts'
import { redact } from '../http/redact.ts'
import type { AuthContext, AuthStrategy, TestContext } from '../strategy.ts'

type Settings = Readonly<Record<string, unknown>>

/** How a strategy is shown under another form. */
export interface Adaptation extends Pick<
  AuthStrategy,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins'
> {
  readonly fields: Fields
  /** The strategy's own settings out of those of the form; called once for each object of settings. Pure. */
  readonly settingsOf: (settings: Settings) => Settings
  /** Wins over the strategy's; sees the settings of the form. */
  readonly test?: AuthStrategy['test'] | undefined
}

/**
 * A strategy under the form of another system: the same verbs, each with the settings that `settingsOf` makes. Its base
 * URL and origins are not taken over, because they speak of other settings. Not for selectors: adapt their choices.
 */
export function adapt(strategy: AuthStrategy, adaptation: Adaptation): AuthStrategy {
  const { settingsOf, test, ...form } = adaptation
  const known = new WeakMap<Settings, Settings>()
  const own = (settings: Settings): Settings => {
    const before = known.get(settings)
    if (before) return before
    const made = Object.freeze(settingsOf(settings))
    known.set(settings, made)
    return made
  }
  // Not a copy: what a context inherits must stay, and ky is made only when it is asked for.
  const inside = <C extends AuthContext<Settings>>(c: C): C =>
    Object.create(c, { settings: { value: own(c.settings), enumerable: true } }) as C
  const { authorize } = strategy
  return {
    scheme: strategy.scheme,
    ...form,
    apply: (request, c) => strategy.apply(request, inside(c)),
    ...(strategy.acquire && { acquire: (c) => strategy.acquire?.(inside(c)) ?? nothing }),
    ...(strategy.refresh && { refresh: (c) => strategy.refresh?.(inside(c)) ?? nothing }),
    ...(authorize && {
      authorize: {
        begin: (c) => authorize.begin(inside(c)),
        complete: (c) => authorize.complete(inside(c)),
      },
    }),
    ...(strategy.inspect && { inspect: (response, c) => strategy.inspect?.(response, inside(c)) }),
    ...(strategy.revoke && { revoke: (c) => strategy.revoke?.(inside(c)) ?? nothing }),
    ...((test ?? strategy.test) && {
      test: async (c: TestContext<Settings>) => (test ? test(c) : strategy.test?.(inside(c))),
    }),
    redact(text, c) {
      const made = Object.entries(own(c.settings)).flatMap(([name, value]) =>
        typeof value === 'string' && value.length > 3 && !strategy.fields[name]?.public ? [value] : [],
      )
      const hidden = redact(text, made)
      return strategy.redact ? strategy.redact(hidden, inside(c)) : hidden
    },
  } satisfies AuthStrategy<Settings>
}

const nothing: Promise<undefined> = Promise.resolve(undefined)
