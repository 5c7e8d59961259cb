import { AuthError, completeField, guardField } from '@latchkey/core'
import type { AuthStrategy, Field, Fields, FieldValue, Strategy } from '@latchkey/core'
import { basicHeader, headerValue, slotNames, testWith } from '@latchkey/core/http'
import { guards, type Charset } from './guards.ts'
import { standard } from './options.ts'
import type { About, BasicFields, BasicOptions, Completed, StandardFields } from './options.ts'

const scheme = 'basic'

/**
 * User name and password in the Authorization header. RFC 7617.
 * `username` and `password` are templates over the fields: `'{email}/token'`, a fixed `'api'`, an empty `''`.
 * @throws {TypeError} that names an option that cannot work
 */
export function basic<
  const U extends string = '{username}',
  const P extends string = '{password}',
  const F extends BasicFields = StandardFields<U, P>,
>(
  options: { readonly username?: U; readonly password?: P; readonly fields?: F } & BasicOptions<
    NoInfer<F>
  > = {},
): Strategy<Completed<NoInfer<F>>, undefined> {
  const {
    charset = 'utf-8',
    username = '{username}',
    password = '{password}',
    fields: given,
    testRequest,
    ...about
  } = options
  if (!Object.hasOwn(guards, charset)) throw new TypeError("basic: charset must be 'utf-8' or 'latin-1'")
  const fields = formOf(given ?? standardFor(`${username} ${password}`), charset, username, password)
  const parts = [partOf('username', username, fields), partOf('password', password, fields)] as const
  if (username.replace(/\{[\w.-]+\}/g, '').includes(':'))
    throw new TypeError('basic: username must not contain a colon')
  const named = { charset, fields: [parts[0].what, parts[1].what] as const }
  const both = named.fields.join(' and ')
  const strategy: AuthStrategy<Values, undefined> = {
    ...testWith(testRequest),
    ...(about as About<Values>),
    scheme,
    fields,
    apply({ headers }, { settings }) {
      const value = basicHeader(parts[0].fill(settings), parts[1].fill(settings), named)
      headers.set('authorization', headerValue(value, both))
    },
  }
  return strategy as AuthStrategy as Strategy<Completed<NoInfer<F>>, undefined>
}

type Values = Readonly<Record<string, FieldValue | undefined>>

function standardFor(templates: string): BasicFields {
  return Object.fromEntries(
    slotNames(templates)
      .filter((name) => Object.hasOwn(standard, name))
      .map((name) => [name, {}]),
  )
}

function formOf(given: BasicFields, charset: Charset, username: string, password: string): Fields {
  const inPassword = slotNames(password)
  const inUsername = slotNames(username)
  const unknown = [...inUsername, ...inPassword].find((name) => !Object.hasOwn(given, name))
  if (unknown !== undefined)
    throw new TypeError(`basic: fields has no field "${unknown}", which username or password names`)
  const own = (name: string): Field | undefined =>
    Object.hasOwn(standard, name) ? standard[name as 'username'] : undefined
  const form = Object.entries(given).map(([name, field]) => {
    const guard = inUsername.includes(name)
      ? guards[charset].username
      : inPassword.includes(name)
        ? guards[charset].password
        : undefined
    const known = own(name)
    return [name, guardField(known === undefined ? (field as Field) : completeField(field, known), guard)]
  })
  return Object.fromEntries(form) as Fields
}

interface Part {
  /** What errors call it: the field that a person fills in, where there is one. */
  readonly what: string
  fill(settings: Values): string
}

function partOf(part: string, template: string, fields: Fields): Part {
  const names = slotNames(template)
  // Text and names by turns, taken apart here and not for every request.
  const pieces = template.split(/\{([\w.-]+)\}/)
  return {
    what: names[0] ?? part,
    fill(settings) {
      const missing = names.find((name) => fields[name]?.required === true && (settings[name] ?? '') === '')
      if (missing !== undefined)
        throw new AuthError('settings_invalid', `Field "${missing}" is empty`, { scheme, field: missing })
      return pieces.reduce(
        (text, piece, index) => text + (index % 2 === 0 ? piece : String(settings[piece] ?? '')),
      )
    },
  }
}
