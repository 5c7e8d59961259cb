import { AuthError, completeField, guardField } from '@latchkey/core'
import type {
  AuthStrategy,
  CompletedField,
  Field,
  FieldValue,
  PartialField,
  SettingsOf,
  Strategy,
} from '@latchkey/core'
import { placeGuard, putAll } from '@latchkey/core/http'
import { placed, type Placed } from './placed.ts'
import type { Placement } from './placement.ts'

const scheme = 'api-key'

interface KeyField {
  readonly type: 'password'
  readonly label: string
  readonly required: true
}

const keyField: KeyField = { type: 'password', label: 'API key', required: true }

/** A form. A field that leaves out its label or type is completed to a required password called “API key”. */
export type KeyFields = Readonly<Record<string, PartialField>>

/** The form that comes out of it. */
export type Completed<F extends KeyFields> = { readonly [K in keyof F]: CompletedField<F[K], KeyField> }

/** What a strategy says besides where its key goes. */
export type About<S> = Pick<
  AuthStrategy<S, undefined>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'inspect' | 'test'
>

/** One placement, or several; and the form, where it is not one field called `apiKey`. */
export type ApiKeyOptions<F extends KeyFields> = (
  Placement<keyof F & string> | { readonly placements: readonly Placement<keyof F & string>[] }
) &
  About<SettingsOf<Completed<F>>>

/**
 * Keys that are sent as they are: in a header, the query, a cookie, a form or a JSON body; in one place or in several.
 * In a body: a POST, PUT, PATCH or DELETE without a body gets one; a GET or HEAD, and a body of another kind, is refused
 * (`unsupported`) and never sent without its key.
 * @throws {TypeError} that names an option that cannot work
 */
export function apiKey<const F extends KeyFields = { readonly apiKey: KeyField }>(
  options: { readonly fields?: F } & ApiKeyOptions<NoInfer<F>>,
): Strategy<Completed<NoInfer<F>>, undefined> {
  const { places, form, about } = read(options)
  const complete = mapFields(form, (field) => completeField(field, keyField))
  const all = placed(places, complete, scheme)
  const fields = mapFields(complete, (field, name) =>
    guardField(field, placeGuard(all.filter((place) => place.field === name))),
  )
  const strategy: AuthStrategy<Readonly<Record<string, FieldValue | undefined>>, undefined> = {
    ...about,
    scheme,
    fields,
    apply: (request, { settings }) => {
      const pairs = all.map((place) => [place, keyFor(place, settings[place.field])] as const)
      return putAll(
        request,
        pairs.filter((pair): pair is readonly [Placed, string] => pair[1] !== undefined),
      )
    },
  }
  return strategy as AuthStrategy as Strategy<Completed<NoInfer<F>>, undefined>
}

function mapFields<G>(
  fields: Readonly<Record<string, G>>,
  change: (field: G, name: string) => Field,
): Record<string, Field> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, change(field, name)]))
}

type Given = { readonly fields?: KeyFields } & ApiKeyOptions<KeyFields>

function read(options: Given): { places: readonly Placement[]; form: KeyFields; about: object } {
  if ('placements' in options) {
    const { placements, fields = { apiKey: {} }, ...about } = options
    return { places: placements, form: fields, about }
  }
  const { in: at, name, prefix, field, clash, fields = { apiKey: {} }, ...about } = options
  return { places: [{ in: at, name, prefix, field, clash } as Placement], form: fields, about }
}

/** What is sent; undefined for an optional field that was left empty. */
function keyFor(
  { field, required, fits, hint, prefix = '' }: Placed,
  value: FieldValue | undefined,
): string | undefined {
  const key = value === undefined ? '' : String(value)
  if (key === '' && !required) return undefined
  if (key !== '' && (fits === undefined || fits.test(key))) return prefix + key
  const problem = key === '' ? 'is empty' : `cannot be sent. ${hint ?? ''}`
  throw new AuthError('settings_invalid', `Field "${field}" ${problem}`, { scheme, field })
}
