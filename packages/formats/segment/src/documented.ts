import type { JsonObject, Warning } from '@latchkey/core/definition'
import type { Definition } from './definition.ts'

const login: Readonly<Record<string, JsonObject>> = {
  username: { label: 'Username', description: 'The user name.', type: 'string', required: true },
  password: { label: 'Password', description: 'The password.', type: 'password', required: true },
}

/**
 * A definition without `extendRequest` puts nothing on a request at home, for its actions do that by hand. Its actions do
 * not run here, so what Segment's documentation promises of the scheme stands in: fields and header for `basic`, a bearer
 * token for OAuth. `custom` promises nothing.
 */
export function asDocumented(definition: Definition): Definition {
  const { scheme, extend, fields } = definition
  if (extend !== undefined) return definition
  const say = (message: string): Definition['warnings'] => [
    ...definition.warnings,
    { path: 'extendRequest', message } satisfies Warning,
  ]
  if (scheme === 'oauth2' || scheme === 'oauth-managed')
    return {
      ...definition,
      warnings: say('There is none, so requests carry Authorization: Bearer with the access token.'),
    }
  const form = scheme === 'basic' && Object.keys(fields).length === 0 ? login : fields
  if (scheme === 'basic' && Object.hasOwn(form, 'username') && Object.hasOwn(form, 'password'))
    return {
      ...definition,
      fields: form,
      extend: (given) => {
        const { username, password } = (given as { settings: JsonObject }).settings
        return { username, password }
      },
      warnings: say('There is none, so requests carry Authorization: Basic with username and password.'),
    }
  if (Object.keys(fields).length === 0) return definition
  return {
    ...definition,
    warnings: say(
      'There is none, so nothing is put on requests; give one that does what the actions of the definition do by hand.',
    ),
  }
}
