import { options, type AuthStrategy, type Fields } from '@latchkey/core'
import { below } from '@latchkey/core/definition'
import { branchesOf } from '../authenticators/index.ts'
import type { ConsentSpec } from '../oauth/consent-spec.ts'
import type { EarnedPaths } from '../oauth/overlay.ts'
import { leafOf, type Leaf, type Surroundings } from './leaf.ts'
import type { Variant } from './requests.ts'

type Settings = Readonly<Record<string, unknown>>

/** A variant as a strategy, and where the configuration has what these settings earn. */
export interface Built {
  readonly strategy: AuthStrategy
  readonly pathsOf: (settings: Settings) => EarnedPaths
}

/** Where a variant's ways of signing in part: the path of the value that chooses. */
export function selectionPath(
  { authenticator, at }: Pick<Variant, 'authenticator' | 'at'>,
  consent: ConsentSpec | undefined,
): readonly string[] | undefined {
  return authenticator?.['type'] === 'SelectiveAuthenticator'
    ? branchesOf(authenticator, at, () => undefined).path
    : consent?.predicate?.path
}

/**
 * A variant as a strategy: one, or options where the configuration chooses among several.
 * @throws {AuthError} definition_invalid, unsupported
 */
export function builtOf(variant: Variant, consent: ConsentSpec | undefined, around: Surroundings): Built {
  const { authenticator, at } = variant
  const { form, warn } = around
  const path = selectionPath(variant, consent)
  const listed =
    authenticator?.['type'] === 'SelectiveAuthenticator'
      ? branchesOf(authenticator, at, warn).branches
      : undefined
  const discriminator = path?.join('.') ?? ''
  const branches = form.branches?.discriminator === discriminator ? form.branches : undefined
  const consentFor = (value: string): ConsentSpec | undefined => {
    const { predicate } = consent ?? {}
    return predicate === undefined || predicate.path.join('.') !== discriminator || predicate.value === value
      ? consent
      : undefined
  }
  if (listed === undefined && branches === undefined) {
    const leaf = leafOf(authenticator, at, variant, form.fields, consent, around)
    return { strategy: leaf.strategy, pathsOf: () => leaf.paths }
  }
  const values = listed ? Object.keys(listed) : Object.keys(branches?.options ?? {})
  for (const value of Object.keys(branches?.options ?? {}).filter((each) => !values.includes(each)))
    warn({
      path: below(at, 'authenticators'),
      message: `The form offers "${value}", for which there is no authenticator, so it cannot be chosen.`,
    })
  const common = without(form.fields, discriminator)
  const leaves = values.map((value): readonly [string, Leaf] => {
    const own = branches?.options[value]
    const { definition, at: place } = listed?.[value] ?? { definition: authenticator, at }
    const fields = { ...common, ...own?.fields }
    const { strategy, paths } = leafOf(definition, place, variant, fields, consentFor(value), around)
    const { title, description } = own ?? {}
    return [value, { paths, strategy: { ...strategy, title, description } }]
  })
  const leafByValue = new Map(leaves)
  return {
    strategy: options(Object.fromEntries(leaves.map(([value, { strategy }]) => [value, strategy])), {
      discriminator,
      fields: common,
      ...titleOf(branches?.title ?? form.fields[discriminator]?.label),
    }),
    pathsOf: (settings) => leafByValue.get(String(settings[discriminator]))?.paths ?? {},
  }
}

const titleOf = (title: string | undefined): { title?: string } => (title === undefined ? {} : { title })

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name))
}
