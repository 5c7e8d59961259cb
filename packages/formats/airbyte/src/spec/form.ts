import type { Choice, Field, Fields, Json } from '@latchkey/core'
import {
  formOf,
  isObject,
  memberAt,
  type JsonObject,
  type SchemaForm,
  type Warning,
} from '@latchkey/core/definition'
import { withValues } from '../oauth/overlay.ts'

type Path = readonly string[]

/** What the authenticators make of the configuration. */
export interface FormUse {
  /** The property whose alternatives become options. */
  readonly branchesAt?: Path | undefined
  /** What the operator gives once, by the parameter's name: where the configuration has it. */
  readonly operator: Readonly<Record<string, Path>>
  /** What authenticators and URLs read of the configuration, whether or not the schema asks for it. */
  readonly read: readonly Path[]
  /** What is earned, so that nobody need give it. */
  readonly earned: readonly Path[]
  /** What is sent as a credential. */
  readonly secrets: readonly Path[]
  /** Secrets that are rolled over while what they have earned stays good. */
  readonly rolled: readonly Path[]
  /** What a grant depends on; another value is another grant. */
  readonly decisive: readonly Path[]
}

const at = 'spec.connection_specification'
const nameOf = (path: Path): string => path.join('.')

/**
 * The form of a manifest: its schema, with the values of the operator and the earned ones as what they are.
 * @throws {AuthError} definition_invalid, unsupported
 */
export function manifestForm(spec: JsonObject, use: FormUse, warn: (warning: Warning) => void): SchemaForm {
  const schema = spec['connection_specification'] ?? spec['connectionSpecification'] ?? { type: 'object' }
  const secrets = new Set(use.secrets.map(nameOf))
  const form = formOf(schema, {
    at,
    ...(use.branchesAt && { branchesAt: use.branchesAt }),
    secret: (property, path) => {
      if (property['airbyte_secret'] === true) return true
      const { type, const: constant, enum: choices } = property
      const isSent = secrets.has(nameOf(path)) && constant === undefined && choices === undefined
      if (isSent && type !== 'boolean')
        warn({
          path: at,
          message: `"${nameOf(path)}" is sent as a credential and not marked airbyte_secret; it is kept secret here.`,
        })
      return isSent && type !== 'boolean'
    },
  })
  form.warnings.forEach(warn)
  const all = allFields(form)
  const operators = Object.entries(use.operator).filter(([, path]) => !Object.hasOwn(all, nameOf(path)))
  const chooser = form.branches ? [form.branches.discriminator] : []
  const known = [...Object.keys(all), ...chooser, ...operators.map(([, path]) => nameOf(path))]
  const unasked = use.read.filter(
    (path) =>
      !known.some((name) => touches(name, nameOf(path))) &&
      !use.earned.some((earned) => nameOf(earned) === nameOf(path)),
  )
  for (const path of unasked)
    warn({
      path: at,
      message: `"${nameOf(path)}" is read by an authenticator or a URL, and the form does not ask for it; it is asked for here.`,
    })
  const added: Fields = Object.fromEntries<Field>([
    ...operators.map(([name, path]) => [nameOf(path), operatorField(name)] as const),
    ...unasked.map(
      (path) => [nameOf(path), { type: 'password', label: labelOf(path.at(-1) ?? '') }] as const,
    ),
  ])
  const adapted = (fields: Fields): Fields =>
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, adaptedField(name, field, use)]))
  const addedPaths = [...operators.map(([, path]) => path), ...unasked]
  return {
    ...form,
    fields: { ...adapted(form.fields), ...added },
    ...(form.branches && {
      branches: {
        ...form.branches,
        options: Object.fromEntries(
          Object.entries(form.branches.options).map(([value, option]) => [
            value,
            { ...option, fields: adapted(option.fields) },
          ]),
        ),
      },
    }),
    settingsOf: (config) => ({ ...form.settingsOf(config), ...textsAt(config, addedPaths) }),
    configOf: (settings) =>
      withValues(
        form.configOf(settings),
        addedPaths.flatMap((path) => {
          const value = settings[nameOf(path)] as Json | undefined
          return value === undefined ? [] : [{ path, value }]
        }),
      ),
  }
}

function textsAt(config: JsonObject, paths: readonly Path[]): Record<string, Json> {
  return Object.fromEntries(
    paths.flatMap((path) => {
      const value = isObject(config) ? memberAt(config, path) : undefined
      return typeof value === 'string' ? [[nameOf(path), value]] : []
    }),
  )
}

/** The fields of all branches together. */
export function allFields({ fields, branches }: Pick<SchemaForm, 'fields' | 'branches'>): Fields {
  return Object.assign(
    {},
    fields,
    ...Object.values(branches?.options ?? {}).map((option) => option.fields),
  ) as Fields
}

function adaptedField(name: string, field: Field, { operator, earned, rolled, decisive }: FormUse): Field {
  const isOperators = Object.values(operator).some((path) => nameOf(path) === name)
  const isEarned = earned.some((path) => nameOf(path) === name)
  // What no authenticator reads does not concern a grant.
  const keeps =
    [operator['client_secret'] ?? [], ...rolled].some((path) => nameOf(path) === name) ||
    !decisive.some((path) => touches(nameOf(path), name))
  const { required, ...rest } = field
  return {
    ...rest,
    ...(required !== undefined && !isEarned && { required }),
    ...(isOperators && { owner: 'app' }),
    ...(keeps && { keepsGrant: true }),
  }
}

/** One names the other, or something in it. */
const touches = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)

function labelOf(name: string): string {
  const label = name.replace(/_/g, ' ')
  return label.slice(0, 1).toUpperCase() + label.slice(1)
}

function operatorField(name: string): Field {
  const isSecret = name !== 'client_id'
  return {
    type: isSecret ? 'password' : 'string',
    label: labelOf(name),
    required: true,
    owner: 'app',
    ...(isSecret ? { keepsGrant: true } : { public: true }),
  }
}

/** The values that a field takes, for templates whose host a choice completes. */
export function choicesIn(
  form: Pick<SchemaForm, 'fields' | 'branches'>,
): (path: Path) => readonly unknown[] | undefined {
  const fields = allFields(form)
  return (path) => {
    const field = fields[nameOf(path)]
    if (field === undefined || !('choices' in field) || !Array.isArray(field.choices)) return undefined
    return (field.choices as readonly Choice[]).map((choice) =>
      typeof choice === 'string' ? choice : choice.value,
    )
  }
}
