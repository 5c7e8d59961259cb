import { AuthError } from '../errors.ts'
import type { Json } from '../strategy.ts'
import { systemNow } from '../world/clock.ts'
import { systemRandom, systemSubtle } from '../world/crypto.ts'
import { fromBase64url, toBase64url } from './base64url.ts'
import type { NewRecord, StoreDriver } from './contract.ts'
import { type Keyring, openKeyring } from './keyring.ts'

/**
 * Seals settings and credentials on their way into another store, with AES-256-GCM (NIST SP 800-38D).
 * A sealed value opens only in its own place: bound to it are the connection's key, grant and version, its connector,
 * scheme, owner and tenant, the member's name and the key's id, so that a row or column that was moved, swapped or put
 * back from an older state is refused. A row that was put back whole, version included, cannot be told.
 *
 * What is listed (account, expiry, failure) stays readable. Reading throws store_unavailable for a value that cannot be
 * opened, and leaves the row as it is; writing, while the current key cannot be had.
 * @throws {TypeError} a faulty keyring
 */
export function encrypted(driver: StoreDriver, keyring: Keyring): StoreDriver {
  const { current } = keyring
  const keyOf = openKeyring(keyring)

  const seal = async (value: Json, place: Place): Promise<string> => {
    const iv = systemRandom(12)
    const key = await had(keyOf(current), place, current)
    const plain = encoder.encode(JSON.stringify(value))
    const sealed = await systemSubtle().encrypt(cipher(iv, place, current), key, plain)
    return `v1.${current}.${toBase64url(iv)}.${toBase64url(new Uint8Array(sealed))}`
  }

  const open = async (sealed: Json, place: Place): Promise<Json> => {
    const [, id = '', ivText = '', text = ''] =
      (typeof sealed === 'string' && /^v1\.([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(sealed)) || []
    if (!id) throw refusal(place, 'is not sealed as this store seals; nothing is read from it')
    const key = await had(keyOf(id), place, id)
    const [iv, bytes] = [fromBase64url(ivText), fromBase64url(text)]
    const plain =
      iv?.length === 12 && bytes
        ? await systemSubtle()
            .decrypt(cipher(iv, place, id), key, bytes)
            .catch(() => undefined)
        : undefined
    if (!plain) {
      const why = 'was changed or moved since, or the key is another under the same id'
      throw refusal(place, `does not open with key "${id}": it ${why}`)
    }
    return JSON.parse(decoder.decode(plain)) as Json
  }

  const convert = async <R extends NewRecord>(
    how: (value: Json, place: Place) => Promise<Json>,
    record: R,
    key: string,
    version: number,
  ): Promise<R> => {
    const at = (member: string): Place => ({ record, key, version, member })
    const settings = await how(record.settings, at('settings'))
    if (record.credentials === undefined) return { ...record, settings }
    return { ...record, settings, credentials: await how(record.credentials, at('credentials')) }
  }

  return {
    async read(key) {
      const record = await driver.read(key)
      return record && convert(open, record, key, record.version)
    },
    async create(key, record) {
      return driver.create(key, await convert(seal, record, key, 1))
    },
    async commit(key, change) {
      const record = await convert(seal, change.record, key, change.parent.version + 1)
      return driver.commit(key, { ...change, record })
    },
    acquire: (key, claim) => driver.acquire(key, claim),
    release: (key, end) => driver.release(key, end),
    delete: (key) => driver.delete(key),
    list: (page) => driver.list(page),
    due: (page) => driver.due(page),
    now: async () => (driver.now ? driver.now() : systemNow()),
    close: async () => driver.close?.(),
  }
}

/** Where a sealed value stands. */
interface Place {
  readonly record: NewRecord
  readonly key: string
  readonly version: number
  readonly member: string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const cipher = (
  iv: Uint8Array<ArrayBuffer>,
  { record, key, version, member }: Place,
  id: string,
): AesGcmParams => {
  const { grant, connector, scheme, owner = null, tenant = null } = record
  const place = ['latchkey', 'v1', id, key, grant, version, connector, scheme, owner, tenant, member]
  return { name: 'AES-GCM', iv, tagLength: 128, additionalData: encoder.encode(JSON.stringify(place)) }
}

const had = async (key: Promise<CryptoKey> | undefined, place: Place, id: string): Promise<CryptoKey> => {
  if (!key) throw refusal(place, `is sealed with key "${id}", which the keyring does not list`)
  try {
    return await key
  } catch (cause) {
    throw refusal(place, `needs key "${id}", which could not be had`, cause)
  }
}

const refusal = ({ key, member }: Place, problem: string, cause?: unknown): AuthError =>
  new AuthError(
    'store_unavailable',
    `store: ${member} of "${key}" ${problem}. The row is as it was, nothing is lost; the operator must put back the key or the row.`,
    { cause },
  )
