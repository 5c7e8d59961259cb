// The transcript in two tables.

const mark = (isExpected, word) => (isExpected === undefined ? '' : isExpected ? word : 'FAILED').padEnd(10)

const table = (head, rows) => {
  const width = Math.max(...[head[0], ...rows.map(([what]) => what)].map((text) => text.length))
  return [
    '',
    ...[head.map((cell, at) => (at === 0 ? cell : cell.padEnd(10))), ...rows].map(([what, ...cells]) =>
      `${what.padEnd(width)}  ${cells.join('')}`.trimEnd(),
    ),
  ]
}

/** The lines: what was accepted, and what was refused. */
export const summary = (plain, oauth) => [
  ...(oauth.length === 0
    ? []
    : table(
        ['OAuth 2', 'consent', 'test', 'request', 'refresh', 'client', 'denied'],
        oauth.map(({ what, connect, test, request, refresh, again, refused, denied }) => [
          what,
          mark(connect, 'accepted'),
          mark(test, 'accepted'),
          mark(request, 'accepted'),
          mark(refresh && again, 'accepted'),
          mark(refused, 'refused'),
          mark(denied, 'refused'),
        ]),
      )),
  ...table(
    ['scheme', 'connect', 'test', 'request', 'wrong secret'],
    plain.map(({ what, connect, test, request, refused }) => [
      what,
      mark(connect, 'accepted'),
      mark(test, 'accepted'),
      mark(request, 'accepted'),
      mark(refused, 'refused'),
    ]),
  ),
]
