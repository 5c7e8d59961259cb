export { fromRow, pageOf, toRow, waitsForPerson } from './row.ts'
export type { GivenRow, ReadRow } from './row.ts'
export { endOfPrefix, inUtf8 } from './text.ts'
