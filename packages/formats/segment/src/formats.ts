import type { TextField } from '@latchkey/core'

type Guard = Pick<TextField, 'format' | 'pattern' | 'patternHint' | 'multiline'>

const date = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])'
const time =
  '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?(?:[zZ]|[+-](?:[01]\\d|2[0-3]):?[0-5]\\d)'
const byte = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const group = '[\\dA-Fa-f]{1,4}'
const inUrl = '[^\\s"<>\\\\^`\\x00-\\x1f]'

/** Segment's formats, in the words of our forms. `regex` is checked apart, because no pattern can say it. */
export const formats: Readonly<Record<string, Guard>> = {
  email: { format: 'email' },
  hostname: { format: 'hostname' },
  uuid: { format: 'uuid' },
  text: { multiline: true },
  password: {},
  regex: {},
  // RFC 3986 section 4.3, any scheme: a broker's address is one too. Where credentials go the origins say.
  uri: {
    pattern: `[A-Za-z][A-Za-z\\d+.\\-]*:${inUrl.replace('[^', '[^{}')}+`,
    patternHint: 'Enter a whole address that begins with https:// or another scheme.',
  },
  'uri-reference': {
    pattern: `${inUrl.replace('[^', '[^{}')}+`,
    patternHint: 'Enter an address, or the part of one after the host, without blanks.',
  },
  'uri-template': {
    pattern: `(?:${inUrl.replace('[^', '[^{}')}|\\{[^{}\\s]+\\})+`,
    patternHint: 'Enter an address; parts of it may be names in braces.',
  },
  date: { pattern: date, patternHint: 'Enter a date such as 2026-01-31.' },
  time: { pattern: time, patternHint: 'Enter a time with its zone, such as 13:45:00Z.' },
  'date-time': {
    pattern: `${date}[tT ]${time}`,
    patternHint: 'Enter a date and time such as 2026-01-31T13:45:00Z.',
  },
  ipv4: { pattern: `${byte}(?:\\.${byte}){3}`, patternHint: 'Enter an address such as 192.0.2.1.' },
  // RFC 4291 section 2.2: eight groups, or fewer around one `::`.
  ipv6: {
    pattern:
      `(?=[^]{2,45}$)(?:(?:${group}:){7}${group}|(?!.*::.*::)(?!(?:[^:]*:){9})` +
      `(?:${group}(?::${group})*)?::(?:${group}(?::${group})*)?)`,
    patternHint: 'Enter an address such as 2001:db8::1.',
  },
}
