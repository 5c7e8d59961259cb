/** Columns padded to the widest cell, two spaces apart; no trailing blanks. Control characters become `?`. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable))
  const widths = clean.reduce<number[]>(
    (known, row) => row.map((cell, at) => Math.max(known[at] ?? 0, cell.length)),
    [],
  )
  return clean
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** Text from elsewhere without what could move the cursor of a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?')
}

/** An epoch time for people, in UTC. */
export function moment(ms: number | undefined): string {
  return ms === undefined ? '' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
