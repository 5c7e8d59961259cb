import type { Field } from '@latchkey/core'
import { allFields } from '../describe/ways.ts'
import type { Finding, Rules } from './types.ts'

const secretName = /secret|password|passphrase|passwd|token|api[-_ ]?key|private[-_ ]?key|credential/i
const plainName =
  /ur[il]|endpoint|(?:^|[^a-z])id$|Id$|type|method|name|expir|date|header|prefix|suffix|location|scope|host|path|public/i

/** What a form shows: whether a person can fill it in, and whether it gives a secret away. */
export const fields: Rules = ({ connector }) =>
  Object.entries(allFields(connector)).flatMap(([name, field]) => [
    ...helpless(name, field),
    ...exposed(name, field),
  ])

function helpless(at: string, field: Field): Finding[] {
  const { help, description, placeholder, required, owner } = field
  const explained = [help, description, placeholder].some((text) => text !== undefined)
  const chosen = 'choices' in field || field.type === 'boolean' || field.default !== undefined
  // A label says enough to an operator, who registered the application, and of a user name or an address.
  if (explained || chosen || required !== true || owner === 'app' || field.public === true) return []
  return [
    {
      code: 'no-help',
      severity: 'warning',
      at,
      message: `Nothing says where "${field.label}" is found. Add help, or a description.`,
    },
  ]
}

function exposed(at: string, field: Field): Finding[] {
  if (field.public !== true || 'choices' in field || field.type === 'boolean' || field.type === 'number')
    return []
  const last = at.split('.').at(-1) ?? at
  if (field.type === 'password') {
    return [
      {
        code: 'public-secret',
        severity: 'error',
        at,
        message: 'A password is marked public, so logs and lists show it. Remove public.',
      },
    ]
  }
  if (!secretName.test(last) || plainName.test(last)) return []
  return [
    {
      code: 'public-secret',
      severity: 'warning',
      at,
      message:
        'This looks like a secret and is marked public, so logs and lists show it. Remove public if it is one.',
    },
  ]
}
