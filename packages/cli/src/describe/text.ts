import { printable, table } from '../output/table.ts'
import type { Description, FieldSummary, WaySummary } from './describe.ts'

/** A description, for people. */
export function descriptionText(about: Description): string {
  const { name, key, format, description, helpUrl, ways, authenticators = [], warnings } = about
  const from = format === null ? '' : `, written for ${format.charAt(0).toUpperCase()}${format.slice(1)}`
  const head = [`${name} (${key})${from}`, description, helpUrl].filter((line) => line !== null)
  const notes = warnings.map(({ path, message }) => `  ${path === '' ? 'the definition' : path}: ${message}`)
  const common = ways.length > 1 ? commonFields(ways) : []
  const shared = new Set(common.map((each) => each.name))
  return [
    ...head.map((line) => `${printable(line)}\n`),
    ...(common.length > 0 ? ['\nIn any case\n', table(common.map(fieldRow))] : []),
    ...ways.map((way) => wayText({ ...way, fields: way.fields.filter((each) => !shared.has(each.name)) })),
    ...(authenticators.length > 1
      ? [
          '\nAuthenticators\n',
          table(
            authenticators.flatMap(({ type, paths }) =>
              paths.map((path, at) => ['', at === 0 ? type : '', path]),
            ),
          ),
        ]
      : []),
    ...(notes.length > 0 ? [`\nWarnings\n${notes.map((line) => `${printable(line)}\n`).join('')}`] : []),
  ].join('')
}

/** The fields that are the same on every way. */
function commonFields(ways: readonly WaySummary[]): FieldSummary[] {
  const [first, ...others] = ways.map(
    ({ fields }) => new Map(fields.map((each) => [JSON.stringify(each), each])),
  )
  return [...(first ?? [])]
    .filter(([text]) => others.every((each) => each.has(text)))
    .map(([, field]) => field)
}

function wayText(way: WaySummary): string {
  const title = [way.option, way.title === way.option ? null : way.title].filter((each) => each !== null)
  const rows = [
    ['scheme', way.scheme],
    ['hosts', way.hosts.length > 0 ? way.hosts.join(', ') : 'as the settings say'],
    ['sends', way.places === null ? 'known after a real sign-in' : way.places.join(', ') || 'nothing'],
    ['consent', way.consent ? (way.consentUrl ?? 'a person signs in') : 'none'],
    ['renewal', way.renewal],
    ['test', way.test ? 'yes' : 'none: a connection cannot be proven'],
    ['ends', way.revoke ? 'at the provider too' : 'here only'],
  ]
  const heading = title.length > 0 ? `\n${printable(title.join(': '))}\n` : '\n'
  const fields = table(way.fields.map(fieldRow))
  return `${heading}${table(rows.map((row) => ['', ...row]))}${fields}`
}

function fieldRow({ name, label, by, required, secret, type }: FieldSummary): string[] {
  const must = required === true ? 'required' : required === 'sometimes' ? 'sometimes required' : 'optional'
  const kind = type === 'number' || type === 'boolean' ? `, ${type}` : ''
  return ['', name, label, `${must}, by the ${by}${secret ? ', secret' : ''}${kind}`]
}
