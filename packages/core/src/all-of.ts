import type { AllOfCredentials, Part } from './all-of/part.ts'
import { mergedFields, mergedSchema, ownSettings } from './all-of/part.ts'
import { verbsOf } from './all-of/verbs.ts'
import type { Flat } from './fields/field.ts'
import type { AuthStrategy, BaseUrl, CredentialsOf, InputOf } from './strategy.ts'

type SettingsIn<A> = A extends AuthStrategy<infer S> ? S : never
type Written<T> = T extends unknown ? Flat<T> : never

type Together<P extends readonly AuthStrategy[]> = P extends readonly [
  infer A,
  ...infer Rest extends readonly AuthStrategy[],
]
  ? SettingsIn<A> & Together<Rest>
  : unknown
type TogetherInput<P extends readonly AuthStrategy[]> = P extends readonly [
  infer A,
  ...infer Rest extends readonly AuthStrategy[],
]
  ? InputOf<A> & TogetherInput<Rest>
  : unknown

type Prefixed<N, S> = S extends unknown ? { [K in keyof S as `${N & string}.${K & string}`]: S[K] } : never
type Intersected<R> = { [K in keyof R]: (each: R[K]) => void }[keyof R] extends (all: infer I) => void
  ? I
  : never
type Named<P> = Written<Intersected<{ [N in keyof P]: Prefixed<N, SettingsIn<P[N]>> }>>
type NamedInput<P> = Written<Intersected<{ [N in keyof P]: Prefixed<N, InputOf<P[N]>> }>>

type Earned<A> = CredentialsOf<A> extends undefined ? undefined : AllOfCredentials

/** Several strategies as one; its settings are those of all, its credentials an entry for each. */
export type AllOf<S, I, C extends AllOfCredentials | undefined> = AuthStrategy<S, C> & {
  readonly '~input'?: I
}

/**
 * Puts the credentials of several strategies on each request, in the order in which they are given: an application key
 * and a bearer token. Their fields become one form; given by name, a field is called `app.apiKey`. Each part sees its own
 * settings, credentials and memory only, and only the parts whose time has come are renewed.
 * @throws {TypeError} that names a field which two parts ask for; where two parts need a person to sign in
 */
export function allOf<const P extends readonly [AuthStrategy, ...AuthStrategy[]]>(
  ...parts: P
): AllOf<Written<Together<P>>, Written<TogetherInput<P>>, Earned<P[number]>>
export function allOf<const P extends Readonly<Record<string, AuthStrategy>>>(
  parts: P,
): AllOf<Named<P>, NamedInput<P>, Earned<P[keyof P]>>
export function allOf(
  first?: AuthStrategy | Readonly<Record<string, AuthStrategy>>,
  ...rest: AuthStrategy[]
): AuthStrategy {
  const parts =
    first === undefined || typeof first.apply === 'function'
      ? [first as AuthStrategy, ...rest].map((strategy, at) => ({ name: String(at), prefix: '', strategy }))
      : Object.entries(first as Readonly<Record<string, AuthStrategy>>).map(([name, strategy]) => ({
          name,
          prefix: `${name}.`,
          strategy,
        }))
  if (first === undefined || parts.length === 0) throw new TypeError('allOf(): give at least one strategy')
  return join(parts)
}

function join(parts: readonly Part[]): AuthStrategy {
  const at = parts.findIndex(({ strategy }) => strategy.select !== undefined)
  const part = parts[at]
  const schema = mergedSchema(parts)
  const common = {
    // The schemes of the parts in their order: other parts have other credentials.
    scheme: `all-of(${parts.map(({ strategy }) => strategy.scheme).join('+')})`,
    fields: mergedFields(parts),
    ...addressOf(parts),
    ...(schema && { schema }),
  }
  if (!part) return { ...common, ...verbsOf(parts) }

  // A selector among the parts makes a selector of the whole, one choice for each of its choices.
  const { strategy: selector, prefix } = part
  const chosen = (choice: AuthStrategy): AuthStrategy => ({
    ...join(
      parts.with(at, { ...part, strategy: { ...choice, fields: { ...selector.fields, ...choice.fields } } }),
    ),
    title: choice.title,
    description: choice.description,
    helpUrl: choice.helpUrl,
  })
  const choices = Object.entries(selector.choices ?? {}).map(([id, choice]) => ({
    id,
    choice,
    whole: chosen(choice),
  }))
  const select = (settings: Readonly<Record<string, unknown>>): AuthStrategy => {
    const leaf: AuthStrategy = selector.select?.(ownSettings(part, settings)) ?? selector
    return choices.find(({ choice }) => choice === leaf)?.whole ?? chosen(leaf)
  }
  return {
    ...common,
    ...(selector.choices && { choices: Object.fromEntries(choices.map(({ id, whole }) => [id, whole])) }),
    ...(selector.discriminator !== undefined && { discriminator: prefix + selector.discriminator }),
    select,
    apply: (request, c) => select(c.settings as Readonly<Record<string, unknown>>).apply(request, c),
  }
}

/** Of the first part that implies one; its settings and credentials are its own there too. */
function addressOf(parts: readonly Part[]): Pick<AuthStrategy, 'baseUrl' | 'origins'> {
  const at = parts.findIndex(
    ({ strategy: { baseUrl, origins } }) => baseUrl !== undefined || origins !== undefined,
  )
  const part = parts[at]
  if (!part) return {}
  const { baseUrl, origins } = part.strategy
  const own: BaseUrl | undefined =
    typeof baseUrl === 'function'
      ? ({ settings, credentials }) =>
          baseUrl({
            settings: ownSettings(part, settings),
            credentials: (credentials?.['parts'] as Record<string, unknown>[] | undefined)?.[at] ?? undefined,
          })
      : baseUrl?.replace(/\{(?=[\w.-])/g, `{${part.prefix}`)
  return { ...(own !== undefined && { baseUrl: own }), ...(origins && { origins }) }
}
