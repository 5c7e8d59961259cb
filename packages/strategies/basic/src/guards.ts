import type { FieldGuard } from '@latchkey/core'

export type Charset = 'utf-8' | 'latin-1'

const signs = 'no line breaks or other control characters'

/** RFC 7617 section 2: no control characters in either part, and no colon in the user name. */
export const guards: Readonly<Record<Charset, Readonly<Record<'username' | 'password', FieldGuard>>>> = {
  'utf-8': {
    username: { pattern: '[^:\\p{Cc}\\p{Cs}]*', patternHint: `A user name has no colon and ${signs}.` },
    password: { pattern: '[^\\p{Cc}\\p{Cs}]*', patternHint: `A password has ${signs}.` },
  },
  'latin-1': {
    username: {
      pattern: '[\\x20-\\x39\\x3b-\\x7e\\xa0-\\xff]*',
      patternHint: `This API takes West European letters only; a user name has no colon and ${signs}.`,
    },
    password: {
      pattern: '[\\x20-\\x7e\\xa0-\\xff]*',
      patternHint: `This API takes West European letters only; a password has ${signs}.`,
    },
  },
}
