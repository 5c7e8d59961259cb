import { createHash } from 'node:crypto'
import { AuthError, generateKey, type Keyring } from '@latchkey/core'
import { told } from './file.ts'
import { makeFile } from './make.ts'
import { type Place, thisPlace, unless } from './place.ts'
import { replacer } from './replace.ts'

export interface StoreKeyOptions {
  /** The value of LATCHKEY_KEY, where there is one: 32 bytes in base64url (43 characters) or hex (64). Wins over the file. */
  readonly given?: string | undefined
  /** The value of LATCHKEY_KEY_OLD, where there is one: keys that open and do not seal, with spaces or commas between. */
  readonly old?: string | undefined
  /** The key file: one key a line, of which the first seals. Made with a new key and mode 0600 if it is not there. */
  readonly path: string
  /** Whether nothing was sealed yet, so that a key may be made where there is none; absent: it may. */
  readonly isNew?: (() => Promise<boolean>) | undefined
  /** What is replaced of the machine, for tests. */
  readonly place?: Partial<Place> | undefined
}

/** The keys of the embedded store. A key's id is a fingerprint of it, so that a record names the key that it needs. */
export interface StoreKeys {
  /** The path of the key file; undefined where LATCHKEY_KEY says which key seals. */
  readonly file: string | undefined
  /** As they are now: another process may have changed them. Throws store_unavailable where they are gone. */
  readonly read: () => Promise<Keyring>
  /** Makes a new key, which seals from now on; the others stay. Gives its id. For keys in the file. */
  readonly add: () => Promise<string>
  /** Forgets a key of the file, and gives what puts it back; undefined: the file has no such key besides the one that seals. */
  readonly remove: (id: string) => Promise<(() => Promise<void>) | undefined>
}

/**
 * Opens the keys, and makes the first one.
 * @throws {AuthError} store_unavailable for a key that is none, for a key file that other users may read, and for one that
 * is gone while there are records that need it
 */
export async function storeKeys(options: StoreKeyOptions): Promise<StoreKeys> {
  const { given, old = '', path, isNew = async () => true } = options
  const here: Place = { ...thisPlace(), ...options.place }
  const former = old.split(/[\s,]+/).filter((text) => text !== '')
  const others = former.map((text) => keyOf(text, 'each of LATCHKEY_KEY_OLD'))
  const fromFile = async (): Promise<Keyring | undefined> => {
    const text = await told(path, () => readPrivate(path, here))
    return text === undefined ? undefined : ringOf([...linesOf(path, text), ...others])
  }
  const gone = `${path} is gone, and what is stored is sealed with it; the user must put it back, or move the store away to begin anew`
  const read = async (): Promise<Keyring> => {
    if (given !== undefined) return ringOf([keyOf(given, 'LATCHKEY_KEY'), ...others])
    const found = await fromFile()
    if (found === undefined) throw refusal(gone)
    return found
  }
  const change = <T>(step: (keys: readonly string[]) => { value: T; keys?: readonly string[] }): Promise<T> =>
    told(path, async () => {
      for (let tries = 0; tries < 20; tries++) {
        const outcome = await replacer(
          path,
          here,
        )(async (text) => {
          if (text === undefined) throw refusal(gone)
          linesOf(path, text)
          const { value, keys } = step(text.trim().split(/\s+/))
          return keys === undefined ? { value } : { value, after: `${keys.join('\n')}\n` }
        })
        if (outcome) return outcome.value
      }
      throw refusal(`${path} was changed by other processes 20 times in a row; try again`)
    })

  if (given === undefined && (await fromFile()) === undefined) {
    // Records that came between the two looks belong to a key that came with them.
    if (former.length === 0 && !(await isNew()) && (await fromFile()) === undefined) throw refusal(gone)
    await told(path, () => makeFile(path, `${generateKey()}\n`, here))
  }
  await read()
  return {
    file: given === undefined ? path : undefined,
    read,
    add: () => {
      const key = generateKey()
      return change((keys) => ({ value: keyOf(key, path).id, keys: [key, ...keys] }))
    },
    remove: async (id) => {
      const removed = await change((keys) => {
        const left = keys.filter((key, at) => at === 0 || keyOf(key, path).id !== id)
        const value = keys.filter((key) => !left.includes(key))
        return value.length === 0 ? { value } : { value, keys: left }
      })
      if (removed.length === 0) return undefined
      return () => change((keys) => ({ value: undefined, keys: [...keys, ...removed] }))
    },
  }
}

interface Key {
  readonly id: string
  readonly bytes: Uint8Array
}

function ringOf(keys: readonly Key[]): Keyring {
  return {
    current: keys[0]?.id ?? '',
    keys: Object.fromEntries(keys.map(({ id, bytes }) => [id, bytes])),
  }
}

function linesOf(path: string, text: string): Key[] {
  return text
    .trim()
    .split(/\s+/)
    .map((line) => keyOf(line, path))
}

function keyOf(text: string, source: string): Key {
  const key = Buffer.from(text, hex.test(text) ? 'hex' : 'base64url')
  if ((!hex.test(text) && !base64url.test(text)) || key.length !== 32) {
    throw refusal(
      `${source} must be 32 bytes in base64url (43 characters) or hex (64); the user must set the right key`,
    )
  }
  const id = createHash('sha256').update('latchkey key id').update(key).digest('hex').slice(0, 12)
  return { id, bytes: Uint8Array.from(key) }
}

const hex = /^[\da-f]{64}$/i
const base64url = /^[\w-]{43}$/

/** The text of a file that no other user may use; undefined where there is none. */
async function readPrivate(path: string, { fs }: Place): Promise<string | undefined> {
  const file = await fs.open(path, 'r').catch(unless('ENOENT', undefined))
  if (!file) return undefined
  try {
    // Of the open file, so that it is the file that is read. Windows keeps no such mode.
    const { mode } = await file.stat()
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const is = (mode & 0o777).toString(8).padStart(4, '0')
      throw refusal(`${path} may be used by other users (mode ${is}); the user must run: chmod 600 ${path}`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

const refusal = (problem: string): AuthError =>
  new AuthError('store_unavailable', `store key: ${problem}. Nothing was changed.`)
