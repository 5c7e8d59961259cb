import { isAuthError } from '@latchkey/core'
import { isObject } from '@latchkey/core/definition'
import { parseTemplate, referencesOf } from '../template/index.ts'

/** The places in the configuration that the texts of a component name, at any depth; each once. */
export function referencesIn(component: unknown): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>()
  const walk = (value: unknown): void => {
    if (typeof value === 'string') for (const path of named(value)) found.set(JSON.stringify(path), path)
    else if (Array.isArray(value)) value.forEach(walk)
    else if (isObject(value))
      for (const [name, item] of Object.entries(value)) {
        if (name === '$parameters') continue
        walk(name)
        walk(item)
      }
  }
  walk(component)
  return [...found.values()]
}

function named(text: string): readonly (readonly string[])[] {
  if (!text.includes('{')) return []
  try {
    return referencesOf(parseTemplate(text, ''))
  } catch (error) {
    // What cannot be read is refused where it is used; some manifests hold such a text and never use it.
    if (isAuthError(error)) return []
    throw error
  }
}

/** The members of authenticators that hold what proves who asks. */
const secretMembers = [
  'api_token',
  'password',
  'client_secret',
  'refresh_token',
  'access_token_value',
  'secret_key',
  'passphrase',
  'session_token',
  'tokens',
]

/** What an authenticator sends as a credential, at any depth, where that is one place in the configuration. */
export function secretsIn(
  component: unknown,
  members: readonly string[] = secretMembers,
): readonly (readonly string[])[] {
  if (Array.isArray(component)) return component.flatMap((each) => secretsIn(each, members))
  if (!isObject(component)) return []
  return Object.entries(component).flatMap(([name, value]) => {
    if (name === '$parameters') return []
    if (typeof value !== 'string') return secretsIn(value, members)
    const isLookup = /^\s*\{\{[^{}|]*\}\}\s*$/.test(value)
    const paths = members.includes(name) && isLookup ? named(value) : []
    return paths.length === 1 ? paths : []
  })
}
