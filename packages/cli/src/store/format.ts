import { AuthError, type StoredRecord } from '@latchkey/core'

const name = 'latchkey-store'
const version = 1

/** The text of the store file. */
export const format = (records: ReadonlyMap<string, StoredRecord>): string =>
  `${JSON.stringify({ format: name, version, records: [...records.values()] }, null, 1)}\n`

/**
 * The records of the store file; none if there is no file.
 * @throws {AuthError} store_unavailable for anything else than a whole store file of this version
 */
export function parse(path: string, text: string | undefined): Map<string, StoredRecord> {
  if (text === undefined) return new Map()
  const file = json(path, text)
  if (!isObject(file) || file.format !== name) throw refusal(path, 'is not a store file', replace)
  if (file.version !== version) {
    const found = typeof file.version === 'number' ? file.version : 'unknown'
    throw refusal(path, `has format version ${found} and this latchkey knows ${version}`, 'update latchkey')
  }
  const { records } = file
  if (!Array.isArray(records) || !records.every(isRecord)) throw refusal(path, 'has a broken record', replace)
  return new Map(records.map((record) => [record.key, record]))
}

const replace = 'put back a copy, or move the file away to begin anew'

const json = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal(path, 'is not whole JSON', replace)
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isRecord = (value: unknown): value is StoredRecord =>
  isObject(value) &&
  typeof value.key === 'string' &&
  typeof value.grant === 'string' &&
  typeof value.version === 'number' &&
  'settings' in value

const refusal = (path: string, problem: string, cure: string): AuthError =>
  new AuthError(
    'store_unavailable',
    `store: ${path} ${problem}. It was left as it is; the user must ${cure}.`,
  )
