import type { Finding, Rules } from './types.ts'

/** What the reader of a definition warned of, and what a rehearsal found that no values mend. */
export const imported: Rules = ({ definition, ways }) => [
  ...(definition?.imported.warnings ?? []).map(({ path, message }) => finding(path, message)),
  ...ways.flatMap(({ rehearsed }) =>
    rehearsed?.problem === undefined ? [] : [finding('', rehearsed.problem)],
  ),
]

const finding = (path: string, message: string): Finding => ({
  code: 'definition',
  severity: 'warning',
  at: path === '' ? 'the definition' : path,
  message,
})
