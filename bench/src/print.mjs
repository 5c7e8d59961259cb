const table = (head, rows) => {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)))
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  '),
  )
  return [lines[0], '-'.repeat(lines[0].length), ...lines.slice(1)].join('\n')
}

/** The rows of several races, each under its first name, divided by its own first task. */
const speed = (title, races) => {
  const cells = ({ microseconds, added, ratio }) => [
    microseconds.toFixed(1),
    added.toFixed(1),
    ratio.median.toFixed(3),
    `${ratio.q1.toFixed(3)} – ${ratio.q3.toFixed(3)}`,
  ]
  const width = Math.max(...Object.keys(races).map((name) => name.length))
  const rows = Object.entries(races).flatMap(([race, list]) =>
    list.map((one) => [`${race.padEnd(width)}  ${one.name}`, ...cells(one)]),
  )
  return [title, table(['', 'µs', 'added µs', 'ratio', 'quartiles'], rows)].join('\n\n')
}

const stampeding = ({ callers, rows }) =>
  [
    `${callers.toLocaleString('en')} callers at the moment at which the token ends, over a provider in memory that takes 20 ms`,
    table(
      ['', 'token requests', 'ms until all are served'],
      Object.entries(rows).map(([name, { tokenRequests, ms }]) => [
        name,
        String(tokenRequests),
        ms.toFixed(0),
      ]),
    ),
  ].join('\n\n')

const storing = ({ rows, steady, memory, missing, due, refreshes }) =>
  [
    'Stores',
    table(
      ['', ''],
      [
        ['reads of the store in 1,000 requests with live credentials', String(steady)],
        [
          `heap for each of ${memory.connections.toLocaleString('en')} connections held`,
          `${memory.bytesEach} bytes`,
        ],
        ...(missing === undefined
          ? [
              [
                `a page of 100 that are due, of ${rows.toLocaleString('en')} rows in PostgreSQL`,
                `${due.median.toFixed(1)} ms (${due.q1.toFixed(1)} – ${due.q3.toFixed(1)})`,
              ],
              [
                `refreshes a second of ${refreshes.processes} processes, a provider that takes no time`,
                refreshes.ours.toFixed(0),
              ],
              [
                'what pgbench commits of the same two statements, as many clients',
                refreshes.pgbench.toFixed(0),
              ],
              ['share', refreshes.share.toFixed(2)],
            ]
          : [['PostgreSQL', missing]]),
      ],
    ),
  ].join('\n\n')

const weight = ({ sizes, imports }) =>
  table(
    ['', 'minified', 'min+gzip', 'import ms'],
    Object.entries(sizes).map(([name, { minified, gzipped }]) => [
      name,
      String(minified),
      String(gzipped),
      `${imports[name].median.toFixed(1)} (${imports[name].q1.toFixed(1)} – ${imports[name].q3.toFixed(1)})`,
    ]),
  )

const files = (name, { files: list }) =>
  table(
    [`what is in ${name}`, 'bytes'],
    list.map(({ file, bytes }) => [file, String(bytes)]),
  )

/** The results as a person reads them. */
export const print = (results, { withFiles }) => {
  const { quick, machine, size, loopback, memory, signing, digest, stampede, stores, sizes, imports } =
    results
  const { versions, ...where } = machine
  const about = [
    ...Object.entries(where).map(([name, value]) => `${name}: ${value}`),
    Object.entries(versions)
      .map((pair) => pair.join(' '))
      .join(', '),
    'Measured are the built packages (dist), as users get them.',
  ]
  const rounds = ({ rounds, requests }) => `${rounds} rounds of ${requests} requests each`
  return [
    about.join('\n'),
    ...(quick ? ['A quick run: it shows that the benchmark works. Its numbers mean nothing.'] : []),
    speed(
      `On loopback, over Node's fetch, the server in a process of its own (medians; ${rounds(size.loopback)})`,
      loopback,
    ),
    speed(`Over a fetch without a network (medians; ${rounds(size.memory)})`, memory),
    speed(`Signing one request, nothing sent (medians; ${rounds(size.signing)})`, signing),
    speed(`Digest on loopback with a known nonce (medians; ${rounds(size.loopback)})`, { GET: digest }),
    stampeding(stampede),
    storing(stores),
    `Size of an esbuild bundle without ky and undici, in bytes, and time to import the packages in a new process\n\n${weight({ sizes, imports })}`,
    ...(withFiles ? [files('core + api-key', sizes['core + api-key'])] : []),
  ].join('\n\n')
}
