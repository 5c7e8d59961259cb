import { base64urlDecode } from './encoding.ts'

/**
 * How an expiry is written. `seconds`, `milliseconds` and `duration` (ISO 8601) count from now; `epoch`, `epoch-ms`, `date`
 * (ISO 8601, without a zone in UTC; RFC 1123) and `jwt` (its `exp`) name a moment. `auto`: a number below 1e9 is seconds
 * from now, below 1e11 epoch seconds, else epoch milliseconds; a text may be any of these but a JWT.
 */
export type ExpiryFormat =
  'auto' | 'seconds' | 'milliseconds' | 'epoch' | 'epoch-ms' | 'date' | 'duration' | 'jwt'

// What Date can hold. ECMA-262 section 21.4.1.1.
const lastMoment = 8.64e15

/**
 * When something ends, in epoch milliseconds; undefined where the value does not say: not of that form, negative, zero or
 * no length of time at all. A moment may lie before `now`. Never throws.
 */
export function expiryOf(value: unknown, now: number, format: ExpiryFormat = 'auto'): number | undefined {
  const moment = momentOf(value, now, format)
  return moment !== undefined && moment > 0 && moment <= lastMoment ? Math.floor(moment) : undefined
}

function momentOf(value: unknown, now: number, format: ExpiryFormat): number | undefined {
  if (format === 'jwt') return expiryOfJwt(value)
  // PayPal and Entra send numbers as text; parseInt would read 3600abc as 3600.
  const number = numberOf(value)
  if (number !== undefined) return ofNumber(number, now, format)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (format === 'date') return dateOf(text)
  if (format === 'duration') return afterDuration(text, now)
  return format === 'auto' ? (dateOf(text) ?? afterDuration(text, now)) : undefined
}

function numberOf(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && /^\s*\d{1,20}(?:\.\d{1,20})?\s*$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined
}

function ofNumber(number: number, now: number, format: ExpiryFormat): number | undefined {
  if (format === 'seconds' || (format === 'auto' && number < 1e9)) return now + number * 1000
  if (format === 'milliseconds') return now + number
  if (format === 'epoch' || (format === 'auto' && number < 1e11)) return number * 1000
  return format === 'epoch-ms' || format === 'auto' ? number : undefined
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/i
const rfc1123 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})$/

function dateOf(text: string): number | undefined {
  if (rfc1123.test(text)) return known(Date.parse(text))
  const [whole, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] =
    iso.exec(text) ?? []
  if (whole === undefined) return undefined
  const [y, m, d, h, min, s] = [year, month, day, hour, minute, second].map(Number) as Six
  // Date.UTC would carry the 30th of February over to March.
  const inRange = m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m) && h <= 24 && min < 60 && s <= 60
  if (!inRange) return undefined
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000)
  return Date.UTC(y, m - 1, d, h, min, s, Math.floor(Number(`0.${fraction}`) * 1000)) - offset
}

type Six = [number, number, number, number, number, number]

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

const duration =
  /^P(?=.)(?:(\d+)W|(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?)$/

/** Years and months are those of the calendar in UTC; a day that the month does not have becomes its last. */
function afterDuration(text: string, now: number): number | undefined {
  const found = duration.exec(text.length > 60 ? '' : text)
  if (found === null) return undefined
  const [w = 0, y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = found
    .slice(1)
    .map((part: string | undefined) => Number((part ?? '0').replace(',', '.')))
  const start = new Date(now)
  const months = start.getUTCFullYear() * 12 + start.getUTCMonth() + y * 12 + mo
  const [year, month] = [Math.floor(months / 12), months % 12]
  const day = Math.min(start.getUTCDate(), daysIn(year, month + 1))
  const date = Date.UTC(year, month, day) + (now - Math.floor(now / 86_400_000) * 86_400_000)
  const end = date + ((((w * 7 + d) * 24 + h) * 60 + mi) * 60 + s) * 1000
  return end > now ? known(end) : undefined
}

const known = (moment: number): number | undefined => (Number.isNaN(moment) ? undefined : moment)

/** The `exp` of a JWT, in epoch milliseconds; undefined where it is none. Nothing else of it is checked. */
export function expiryOfJwt(token: unknown): number | undefined {
  const payload = typeof token === 'string' ? /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1] : undefined
  const bytes = payload === undefined ? undefined : base64urlDecode(payload)
  if (bytes === undefined) return undefined
  try {
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as { readonly exp?: unknown } | null
    const seconds = numberOf(claims?.exp)
    return seconds === undefined ? undefined : seconds * 1000
  } catch {
    return undefined
  }
}
