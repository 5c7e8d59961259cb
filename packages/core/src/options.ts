import { AuthError } from './errors.ts'
import type { Condition, Field, Fields, Flat, NoFields, SettingsInput, SettingsOf } from './fields/field.ts'
import type { Account, AuthStrategy, BaseUrl, CredentialsOf, InputOf, TestContext } from './strategy.ts'

/** One way of signing in, and how a form presents it. */
export interface Option {
  readonly strategy: AuthStrategy
  /** What a form calls it; default: the strategy's own title, else the option's id. */
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly helpUrl?: string | undefined
  /** Offered only while this holds of the fields that are common to all options. */
  readonly when?: Condition | undefined
  /** Asked besides the strategy's own, of which one with the same name is replaced. */
  readonly fields?: Fields | undefined
  readonly baseUrl?: BaseUrl | undefined
  readonly origins?: readonly string[] | undefined
  test?(c: TestContext<Readonly<Record<string, unknown>>>): Promise<Account | undefined | void>
}

/** The ways of signing in, by the id that is stored with the settings. */
export type Options = Readonly<Record<string, AuthStrategy | Option>>

type StrategyIn<O> = O extends { readonly strategy: infer A } ? A : O
type OwnFields<O> = O extends { readonly strategy: AuthStrategy; readonly fields: infer F extends Fields }
  ? F
  : NoFields
type SettingsIn<A> = A extends AuthStrategy<infer S> ? S : never
type Chosen<D extends string, K, Default> = K extends Default
  ? { readonly [N in D]?: K | undefined }
  : { readonly [N in D]: K }
/** Settings of a strategy, of which those in Own and Common stand in for what they replace. */
type Branch<S, Own, Common> = S extends unknown
  ? Omit<S, keyof Own> & Own & Omit<Common, keyof S | keyof Own>
  : never
type Written<T> = T extends unknown ? Flat<T> : never

/** What the strategies read: a union by the discriminator. */
export type OptionSettings<O extends Options, D extends string, F extends Fields> = {
  [K in keyof O]: Written<
    { readonly [N in D]: K } & Branch<
      SettingsIn<StrategyIn<O[K]>>,
      SettingsOf<OwnFields<O[K]>>,
      SettingsOf<F>
    >
  >
}[keyof O]

/** What a caller of `connect` gives: the discriminator may be left out for the default option. */
export type OptionInput<O extends Options, D extends string, F extends Fields, Default> = {
  [K in keyof O]: Written<
    Chosen<D, K, Default> &
      Branch<InputOf<StrategyIn<O[K]>>, SettingsInput<OwnFields<O[K]>>, SettingsInput<F>>
  >
}[keyof O]

type OptionCredentials<O extends Options> = { [K in keyof O]: CredentialsOf<StrategyIn<O[K]>> }[keyof O]

export interface OptionsConfig<
  O extends Options,
  D extends string,
  F extends Fields,
  Default extends keyof O,
> {
  /** The setting that holds the id of the chosen option; default 'option'. Nested selectors need different ones. */
  readonly discriminator?: D
  /** The option that is taken where none is named. */
  readonly default?: Default
  /** What a form calls the choice. */
  readonly title?: string | undefined
  /** Asked whatever the option, and kept when another is chosen; an option's own field of the same name wins. */
  readonly fields?: F
  readonly baseUrl?: BaseUrl | undefined
  readonly origins?: readonly string[] | undefined
  test?(c: TestContext<OptionSettings<O, D, F>>): Promise<Account | undefined | void>
}

/** A strategy that stands for whichever of its options the settings choose. */
export type Selector<
  O extends Options,
  D extends string,
  F extends Fields,
  Default extends keyof O,
> = AuthStrategy<OptionSettings<O, D, F>, OptionCredentials<O>> & {
  readonly discriminator: D
  readonly choices: Readonly<Record<keyof O & string, AuthStrategy>>
  select(settings: OptionSettings<O, D, F>): AuthStrategy
  readonly '~input'?: OptionInput<O, D, F, Default>
}

/**
 * Offers several ways of signing in as one strategy. No verb of an option that was not chosen ever runs. What is common
 * to all options is given once; an option's own test, base URL, origins and fields win.
 * @throws {TypeError} that names the option, for no options, an unknown default, or a discriminator that is also a field
 */
export function options<
  const O extends Options,
  const F extends Fields = NoFields,
  const D extends string = 'option',
  const Default extends keyof O = never,
>(given: O, config: OptionsConfig<O, D, F, Default> = {}): Selector<O, D, F, Default> {
  const discriminator: string = config.discriminator ?? 'option'
  const entries = Object.entries<AuthStrategy | Option>(given)
  if (entries.length === 0) throw new TypeError('options(): give at least one option')
  if (config.default !== undefined && !Object.hasOwn(given, config.default)) {
    throw new TypeError(`options(): default "${String(config.default)}" is not one of the options`)
  }
  const all = entries.map(([id, entry]) => {
    const option: Option = 'strategy' in entry ? entry : { strategy: entry }
    return { id, option, strategy: extended(option.strategy, option, config) }
  })
  if (Object.hasOwn(config.fields ?? {}, discriminator)) {
    throw new TypeError(
      `options(): the common field "${discriminator}" has the name of the discriminator; rename one`,
    )
  }
  for (const { id, strategy } of all) checkName(discriminator, id, strategy)
  const choices: Readonly<Record<string, AuthStrategy>> = Object.fromEntries(
    all.map(({ id, strategy }) => [id, strategy]),
  )
  const field: Field = {
    type: 'string',
    label: config.title ?? 'How to sign in',
    required: true,
    public: true,
    ...(config.default !== undefined && { default: config.default as string }),
    choices: all.map(({ id, option, strategy: { title, description } }) => ({
      value: id,
      label: title ?? id,
      ...(description !== undefined && { description }),
      ...(option.when && { when: option.when }),
    })),
  }
  const selector: AuthStrategy<Readonly<Record<string, unknown>>> = {
    scheme: 'options',
    title: config.title,
    fields: { [discriminator]: field, ...config.fields },
    discriminator,
    choices,
    select(settings) {
      const id = settings[discriminator] ?? config.default
      const choice = typeof id === 'string' && Object.hasOwn(choices, id) ? choices[id] : undefined
      if (choice) return choice
      throw new AuthError(
        'settings_invalid',
        `${discriminator}: Choose one of: ${Object.keys(choices).join(', ')}.`,
        {
          scheme: 'options',
          field: discriminator,
        },
      )
    },
    // For a caller that did not follow `select`; the core does, so that a verb that an option lacks keeps its meaning.
    apply: (request, c) => selector.select?.(c.settings).apply(request, c),
  }
  return selector as Selector<O, D, F, Default>
}

type Shared = Pick<Option, 'fields' | 'baseUrl' | 'origins'> & { readonly test?: unknown }

const shared = ['baseUrl', 'origins', 'test']

/** The strategy with what its option and the selector add; where it is a selector itself, in each of its choices. */
function extended(strategy: AuthStrategy, own: Partial<Option>, common: Shared): AuthStrategy {
  const result: AuthStrategy = {
    ...strategy,
    ...firstOf(['title', 'description', 'helpUrl'], [own, strategy]),
    ...firstOf(shared, [own, strategy, common]),
    fields: { ...common.fields, ...strategy.fields, ...own.fields },
  }
  if (!strategy.select) return result
  // A title belongs to the selector; the rest is passed on to what it leads to, which wins.
  const passed: Shared = { ...firstOf(shared, [own, common]), fields: { ...common.fields, ...own.fields } }
  const leaves = new Map(
    Object.values(strategy.choices ?? {}).map((choice) => [choice, extended(choice, {}, passed)]),
  )
  const extend = (leaf: AuthStrategy): AuthStrategy => leaves.get(leaf) ?? extended(leaf, {}, passed)
  return {
    ...result,
    select: (settings) => extend(strategy.select?.(settings) ?? strategy),
    ...(strategy.choices && {
      choices: Object.fromEntries(
        Object.entries(strategy.choices).map(([id, choice]) => [id, extend(choice)]),
      ),
    }),
  }
}

/** Each member from the first source that has it. */
function firstOf(names: readonly string[], sources: readonly object[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = sources.map((source) => (source as Readonly<Record<string, unknown>>)[name])
      const value = values.find((each) => each !== undefined)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function checkName(name: string, id: string, { discriminator, fields, choices = {} }: AuthStrategy): void {
  if (discriminator === name) {
    throw new TypeError(
      `options(): option "${id}" is a selector by "${name}" too; give one of them another discriminator`,
    )
  }
  if (Object.hasOwn(fields, name)) {
    throw new TypeError(
      `options(): a field of option "${id}" has the name of the discriminator "${name}"; give another discriminator`,
    )
  }
  for (const choice of Object.values(choices)) checkName(name, id, choice)
}
