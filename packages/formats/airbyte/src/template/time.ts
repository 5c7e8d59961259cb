import { expiryOf } from '@latchkey/core/http'
import { invalid } from '@latchkey/core/definition'
import { numberCell, sourceOf, textCell, textOf, unfit, type Cell } from './cell.ts'

type Moment = Extract<Cell, { kind: 'moment' }>
type Span = Extract<Cell, { kind: 'span' }>

/** A moment out of a moment, epoch seconds, or a text such as `2024-01-31T10:00:00Z`; without a zone it is UTC. */
export function momentOf(cell: Cell, at: string): Moment {
  if (cell.kind === 'moment') return cell
  const value = cell.kind === 'number' ? cell.value : textOf(cell, at)
  const isNumber = typeof value === 'number' || /^\d+(?:\.\d+)?$/.test(value)
  const ms = expiryOf(value, 0, isNumber ? 'epoch' : 'date')
  if (ms === undefined) throw unfit(sourceOf(cell), at, 'is not a date')
  return { kind: 'moment', ms }
}

/** A length of time out of an ISO 8601 duration. */
export function spanOf(cell: Cell, at: string): Span {
  const text = textOf(cell, at)
  const [, years = '0', months = '0', rest = ''] = /^P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(.*)$/.exec(text) ?? []
  const base = 86_400_000
  const end = rest === '' || rest === 'T' ? base : expiryOf(`P${rest}`, base, 'duration')
  if (
    !text.startsWith('P') ||
    text === 'P' ||
    (end === undefined && !/^(?:0+[WD])?(?:T[0HMS]*)?$/.test(rest))
  )
    throw unfit(sourceOf(cell), at, 'is not a duration such as P1D')
  return { kind: 'span', ms: (end ?? base) - base, months: Number(years) * 12 + Number(months) }
}

/** A moment and a length of time, or two of them, added (`sign` 1) or subtracted (-1); undefined for other cells. */
export function shifted(a: Cell, b: Cell, sign: 1 | -1, at: string): Cell | undefined {
  if (a.kind === 'moment' && b.kind === 'moment' && sign === -1)
    return { kind: 'span', ms: a.ms - b.ms, months: 0 }
  if (a.kind === 'span' && b.kind === 'span')
    return { kind: 'span', ms: a.ms + sign * b.ms, months: a.months + sign * b.months }
  if (a.kind === 'span' && b.kind === 'moment' && sign === 1) return shifted(b, a, sign, at)
  if (a.kind !== 'moment' || b.kind !== 'span') return undefined
  const start = new Date(a.ms)
  const month = start.getUTCMonth() + sign * b.months
  const last = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const day = Date.UTC(start.getUTCFullYear(), month, Math.min(start.getUTCDate(), last))
  const ms = day + (a.ms - Math.floor(a.ms / 86_400_000) * 86_400_000) + sign * b.ms
  if (!(Math.abs(ms) <= 8.64e15)) throw invalid(at, 'the template makes a date that is out of range.')
  return { ...a, ms }
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** The directives of `strftime`, with those that Airbyte adds: `%s`, `%ms`, `%s_as_float`, `%epoch_microseconds`. */
export function formatted(moment: Moment, format: string, at: string): string {
  const date = new Date(moment.ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const month = months[date.getUTCMonth()] ?? ''
  const day = days[date.getUTCDay()] ?? ''
  const hour = date.getUTCHours()
  const directives: Readonly<Record<string, string>> = {
    s_as_float: (moment.ms / 1000).toFixed(6),
    epoch_microseconds: String(Math.floor(moment.ms * 1000)),
    _ms: String(date.getUTCMilliseconds()).padStart(3, '0'),
    ms: String(Math.floor(moment.ms)),
    s: String(Math.floor(moment.ms / 1000)),
    Y: String(date.getUTCFullYear()),
    y: two(date.getUTCFullYear() % 100),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    H: two(hour),
    I: two(hour % 12 === 0 ? 12 : hour % 12),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    f: String(date.getUTCMilliseconds() * 1000).padStart(6, '0'),
    p: hour < 12 ? 'AM' : 'PM',
    A: day,
    a: day.slice(0, 3),
    B: month,
    b: month.slice(0, 3),
    j: String(Math.floor((moment.ms - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(
      3,
      '0',
    ),
    z: '+0000',
    Z: 'UTC',
    '%': '%',
  }
  return format.replace(/%(s_as_float|epoch_microseconds|_ms|ms|[^])/g, (whole, name: string) => {
    if (!Object.hasOwn(directives, name))
      throw invalid(at, `the date format has ${whole}, which is not known here.`)
    return directives[name] ?? whole
  })
}

/** The members of a moment that a template may call or read. */
export function momentMember(
  moment: Moment,
  name: string,
  args: readonly Cell[],
  at: string,
): Cell | undefined {
  const date = new Date(moment.ms)
  switch (name) {
    case 'strftime':
      return textCell(formatted(moment, args[0] ? textOf(args[0], at) : '', at))
    case 'isoformat':
      return textCell(
        moment.isDay ? date.toISOString().slice(0, 10) : formatted(moment, '%Y-%m-%dT%H:%M:%S+00:00', at),
      )
    case 'timestamp':
      return numberCell(moment.ms / 1000, at)
    case 'date':
      return { kind: 'moment', ms: Math.floor(moment.ms / 86_400_000) * 86_400_000, isDay: true }
    case 'year':
      return numberCell(date.getUTCFullYear(), at)
    case 'month':
      return numberCell(date.getUTCMonth() + 1, at)
    case 'day':
      return numberCell(date.getUTCDate(), at)
    default:
      return undefined
  }
}
