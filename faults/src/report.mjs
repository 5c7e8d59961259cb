import { readFile, writeFile } from 'node:fs/promises'
import { cpus, release, type } from 'node:os'
import { format } from 'prettier'

/** One result in one line, for a terminal. */
export const line = (result) => {
  const { scenario, store, provider = '', held, ...rest } = result
  const figures = Object.entries(rest)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `${name} ${value}`)
  return `${held ? 'ok    ' : 'BROKEN'} ${store} ${scenario} ${provider}: ${figures.join(', ')}`
}

const faultsIn = ({ faults = {} }) =>
  Object.entries(faults)
    .filter(([name, count]) => count > 0 && name !== 'processes')
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none'

const row = (cells) => `| ${cells.join(' | ')} |`

const runsTable = (results) => [
  row([
    'Store',
    'Scenario',
    'Provider',
    'Faults',
    'Rotations',
    'Requests',
    'Two at once',
    'Lost',
    'Unexplained',
  ]),
  row(['---', '---', '---', '---', '---:', '---:', '---:', '---:', '---:']),
  ...results.map((r) =>
    row([
      r.store,
      `${r.title}, ${r.seconds} s`,
      r.provider,
      faultsIn(r),
      r.rotations,
      r.tokenRequests,
      r.concurrent,
      r.lost,
      r.unexplained,
    ]),
  ),
]

const reasonsTable = (results) => {
  const rows = results.flatMap((r) =>
    Object.entries(r.reasons).map(([reason, count]) => row([r.store, r.title, count, reason])),
  )
  if (rows.length === 0) return ['Nothing was lost.']
  return [row(['Store', 'Scenario', 'Lost', 'Because']), row(['---', '---', '---:', '---']), ...rows]
}

const pointsTable = (results) => {
  if (results.length === 0) return []
  const names = Object.keys(results[0].lost)
  return [
    row(['Process dies', ...results.map((r) => `${r.store}, ${r.provider}, of ${r.runs}`)]),
    row(['---', ...results.map(() => '---:')]),
    ...names.map((name) => row([name, ...results.map((r) => r.lost[name])])),
  ]
}

const stampedeTable = (results) => [
  row([
    'Store',
    'Callers',
    'Token requests',
    'Provider',
    'Median wait',
    '99th percentile',
    'Over the provider',
  ]),
  row(['---', '---:', '---:', '---:', '---:', '---:', '---:']),
  ...results.map((r) =>
    row([
      r.store,
      `${r.processes} × ${r.callers}`,
      r.tokenRequests,
      `${r.providerMs} ms`,
      `${r.medianMs} ms`,
      `${r.p99Ms} ms`,
      `${r.overProviderMs} ms`,
    ]),
  ),
]

const keysTable = (results) => [
  row(['Store', 'Rows', 'Sealed anew', 'Token requests meanwhile', 'Failed reads', 'Lost']),
  row(['---', '---:', '---:', '---:', '---:', '---:']),
  ...results.map((r) => row([r.store, r.rows, r.resealed, r.tokenRequests, r.unread, r.lost])),
]

/** Connections lost a run, as bars: dark where a window explains it, red where nothing does. */
export const picture = (results) => {
  const [left, bar, height] = [330, 300, 22]
  const most = Math.max(1, ...results.map(({ connections }) => connections))
  const rows = results.map((r, n) => {
    const y = 34 + n * height
    const width = (bar * r.lost) / most
    const red = (bar * r.unexplained) / most
    const name = `${r.store}, ${r.scenario}, ${r.provider}`
    return `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${name}</text><rect x="${left}" y="${y}" width="${bar}" height="14" class="all"/><rect x="${left}" y="${y}" width="${width}" height="14" class="lost"/><rect x="${left}" y="${y}" width="${red}" height="14" class="bad"/><text x="${left + bar + 8}" y="${y + 12}">${r.lost} of ${r.connections}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + bar + 90}" height="${48 + results.length * height}" font-family="sans-serif" font-size="12">
<style>text{fill:#222}.all{fill:#dfe5ea}.lost{fill:#5b6b79}.bad{fill:#c62828}@media(prefers-color-scheme:dark){text{fill:#ddd}.all{fill:#3a444d}.lost{fill:#9fb3c4}}</style>
<text x="${left}" y="18">Connections lost; red: unexplained</text>
${rows.join('\n')}
</svg>
`
}

const [begin, end] = ['<!-- results: begin -->', '<!-- results: end -->']

/** Writes what was measured into docs/reliability.md, between its marks, and the picture beside it. */
export const write = async (all) => {
  const results = all.flatMap((one) => one.results)
  const commands = all
    .filter((one) => one.results.length > 0)
    .map(({ command }) => `npm run faults -- ${command}`)
  const page = new URL('../../docs/reliability.md', import.meta.url)
  const runs = results.filter(({ rotations }) => rotations !== undefined)
  const of = (name) => results.filter(({ scenario }) => scenario === name)
  const body = [
    begin,
    '',
    `Made on ${new Date().toISOString().slice(0, 10)}: Node ${process.version.slice(1)}, ${type()} ${release()}, ${cpus()[0]?.model.trim() ?? 'unknown'} (${cpus().length} processors).`,
    '',
    '```',
    ...commands,
    '```',
    '',
    '![Connections lost, by store and scenario](reliability.svg)',
    '',
    ...runsTable(runs),
    '',
    '### Why',
    '',
    ...reasonsTable(runs),
    '',
    '### Where a process dies',
    '',
    ...pointsTable(of('crash points')),
    '',
    '### Everybody at once',
    '',
    ...stampedeTable(of('stampede')),
    '',
    '### A new key',
    '',
    ...keysTable(of('new key')),
    '',
    end,
  ].join('\n')
  const text = await readFile(page, 'utf8')
  const [before, after] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end) + end.length)]
  await writeFile(page, await format(before + body + after, { parser: 'markdown', printWidth: 110 }))
  await writeFile(new URL('../../docs/reliability.svg', import.meta.url), picture(runs))
}
