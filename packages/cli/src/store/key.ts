import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { AuthError, generateKey, isAuthError, type Keyring } from '@latchkey/core'
import { type Place, syncFolder, thisPlace, unless } from './place.ts'

export interface StoreKeyOptions {
  /** The value of LATCHKEY_KEY, where there is one: 32 bytes in base64url (43 characters) or hex (64). Wins over the file. */
  readonly given?: string | undefined
  /** The key file; made with a new key and mode 0600 if it is not there. */
  readonly path: string
  /** What is replaced of the machine, for tests. */
  readonly place?: Partial<Place> | undefined
}

/**
 * The keyring of the embedded store. A key's id is a fingerprint of it, so that a record names the key that it needs.
 * @throws {AuthError} store_unavailable for a key that is none, and for a key file that other users may read
 */
export async function storeKey({ given, path, place }: StoreKeyOptions): Promise<Keyring> {
  if (given !== undefined) return keyringOf(given, 'LATCHKEY_KEY')
  const here: Place = { ...thisPlace(), ...place }
  return keyringOf((await readKey(path, here)) ?? (await makeKey(path, here)), path)
}

const keyringOf = (text: string, source: string): Keyring => {
  const key = Buffer.from(text, hex.test(text) ? 'hex' : 'base64url')
  if ((!hex.test(text) && !base64url.test(text)) || key.length !== 32) {
    throw refusal(
      `${source} must be 32 bytes in base64url (43 characters) or hex (64); the user must set the right key`,
    )
  }
  const id = createHash('sha256').update('latchkey key id').update(key).digest('hex').slice(0, 12)
  return { current: id, keys: { [id]: Uint8Array.from(key) } }
}

const hex = /^[\da-f]{64}$/i
const base64url = /^[\w-]{43}$/

const readKey = async (path: string, { fs }: Place): Promise<string | undefined> => {
  try {
    const file = await fs.open(path, 'r').catch(unless('ENOENT', undefined))
    if (!file) return undefined
    try {
      // Of the open file, so that it is the file that is read. Windows keeps no such mode.
      const { mode } = await file.stat()
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        const is = (mode & 0o777).toString(8).padStart(4, '0')
        throw refusal(`${path} may be used by other users (mode ${is}); the user must run: chmod 600 ${path}`)
      }
      return (await file.readFile('utf8')).trim()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw told(path, error)
  }
}

/** Makes the key file whole in one step: of two processes that begin together, both use the key of the faster one. */
const makeKey = async (path: string, here: Place): Promise<string> => {
  const { fs, id } = here
  const temporary = `${path}.${id()}.new`
  const folder = dirname(path)
  try {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 })
    const file = await fs.open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(`${generateKey()}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await fs.link(temporary, path).catch(unless('EEXIST', undefined))
    await syncFolder(fs, folder)
    const made = await readKey(path, here)
    if (made === undefined) throw refusal(`${path} was removed while it was made; try again`)
    return made
  } catch (error) {
    throw told(path, error)
  } finally {
    await fs.unlink(temporary).catch(() => undefined)
  }
}

const told = (path: string, error: unknown): AuthError =>
  isAuthError(error)
    ? error
    : refusal(
        `${path} could not be read or made; its owner must give access to the file and its folder`,
        error,
      )

const refusal = (problem: string, cause?: unknown): AuthError =>
  new AuthError('store_unavailable', `store key: ${problem}. Nothing was changed.`, { cause })
