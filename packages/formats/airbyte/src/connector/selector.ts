import { options, type AuthStrategy, type Fields } from '@latchkey/core'
import { below, invalid, isObject, type JsonObject } from '@latchkey/core/definition'
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
  { authenticator }: Pick<Variant, 'authenticator' | 'at'>,
  consent: ConsentSpec | undefined,
): readonly string[] | undefined {
  if (authenticator?.['type'] !== 'SelectiveAuthenticator') return consent?.predicate?.path
  const path = authenticator['authenticator_selection_path']
  return Array.isArray(path) ? path.map(String) : undefined
}

/**
 * A variant as a strategy: one, or options where the configuration chooses among several.
 * @throws {AuthError} definition_invalid, unsupported
 */
export function builtOf(variant: Variant, consent: ConsentSpec | undefined, around: Surroundings): Built {
  const { authenticator, at } = variant
  const { form, warn } = around
  const path = selectionPath(variant, consent)
  const isSelective = authenticator?.['type'] === 'SelectiveAuthenticator'
  const discriminator = path?.join('.')
  const branches = form.branches?.discriminator === discriminator ? form.branches : undefined
  const consentFor = (value: string): ConsentSpec | undefined => {
    const { predicate } = consent ?? {}
    return predicate === undefined || predicate.path.join('.') !== discriminator || predicate.value === value
      ? consent
      : undefined
  }
  if (!isSelective && branches === undefined) {
    const leaf = leafOf(authenticator, at, variant, form.fields, consent, around)
    return { strategy: leaf.strategy, pathsOf: () => leaf.paths }
  }
  if (discriminator === undefined || discriminator === '')
    throw invalid(below(at, 'authenticator_selection_path'), 'this must be a list of names')
  const listed = isSelective ? authenticatorsIn(authenticator, at) : undefined
  const values = listed ? Object.keys(listed) : Object.keys(branches?.options ?? {})
  for (const value of Object.keys(branches?.options ?? {}).filter((each) => !values.includes(each)))
    warn({
      path: below(at, 'authenticators'),
      message: `The form offers "${value}", for which there is no authenticator, so it cannot be chosen.`,
    })
  const common = without(form.fields, discriminator)
  const leaves = values.map((value): readonly [string, Leaf] => {
    const own = branches?.options[value]
    const definition = listed ? listed[value] : authenticator
    const place = listed ? below(below(at, 'authenticators'), value) : at
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

function authenticatorsIn(selective: JsonObject, at: string): Readonly<Record<string, JsonObject>> {
  const listed = selective['authenticators']
  const where = below(at, 'authenticators')
  if (!isObject(listed) || Object.keys(listed).length === 0)
    throw invalid(where, 'this must be an object: authenticators by the value that chooses them')
  return Object.fromEntries(
    Object.entries(listed).map(([value, each]) => {
      if (!isObject(each))
        throw invalid(below(where, value), 'an authenticator must be an object with a type')
      return [value, each]
    }),
  )
}
