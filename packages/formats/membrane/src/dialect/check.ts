import { below, invalid, isObject } from '@latchkey/core/definition'
import { authTypes } from './names.ts'

/**
 * What the schema of each dialect demands: the classic one a type, of the connector or of every option, and a
 * `proxyKey` for the type `proxy`; the inline one only that a type is one of the six.
 * @throws {AuthError} definition_invalid naming the place
 */
export function checkAuth(value: unknown, dialect: 'classic' | 'inline', at: string): void {
  if (!isObject(value)) throw invalid(at, 'must be an object that says how the connector authenticates.')
  const { type, proxyKey, options } = value as Readonly<Record<string, unknown>>
  if (type !== undefined && !(authTypes as readonly unknown[]).includes(type))
    throw invalid(below(at, 'type'), `must be one of ${authTypes.join(', ')}.`)
  if (options !== undefined && !isObject(options))
    throw invalid(below(at, 'options'), 'must be options by key.')
  const listed = Object.entries(isObject(options) ? options : {})
  for (const [key, option] of listed) {
    const place = below(below(at, 'options'), key)
    checkAuth(option, 'inline', place)
    if (dialect === 'classic' && !isObject(option)) throw invalid(place, 'must be an object.')
    if (dialect === 'classic' && (option as Readonly<Record<string, unknown>>).type === undefined)
      throw invalid(below(place, 'type'), `an option needs a type: one of ${authTypes.join(', ')}.`)
  }
  if (dialect === 'inline') return
  if (type === undefined && listed.length === 0)
    throw invalid(below(at, 'type'), `one of ${authTypes.join(', ')} is needed, or options that have one.`)
  if (type === 'proxy' && typeof proxyKey !== 'string')
    throw invalid(below(at, 'proxyKey'), 'the type proxy needs the key of the connection that signs for it.')
}
