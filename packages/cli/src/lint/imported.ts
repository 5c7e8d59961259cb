import type { Rules } from './types.ts'

/** What the reader of a definition warned of. */
export const imported: Rules = ({ definition }) =>
  (definition?.imported.warnings ?? []).map(({ path, message }) => ({
    code: 'definition',
    severity: 'warning',
    at: path === '' ? 'the definition' : path,
    message,
  }))
