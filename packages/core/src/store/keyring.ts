import { systemRandom, systemSubtle } from '../world/crypto.ts'
import { fromBase64url, toBase64url } from './base64url.ts'

/** 32 bytes: as they are, in base64url, or in hex. */
export type KeyBytes = Uint8Array | string

/** The keys of an encrypted store. Rotation: list a new key, make it current, and drop the old one once nothing is sealed with it. */
export interface Keyring {
  /** The id of the key that seals. */
  readonly current: string
  /** Every key that opens, by id (letters, digits, `_` and `-`); a function is asked at first use, and again after it failed. */
  readonly keys: Readonly<Record<string, KeyBytes | (() => KeyBytes | Promise<KeyBytes>)>>
}

/** A new random key, in base64url. */
export function generateKey(): string {
  return toBase64url(systemRandom(32))
}

/**
 * Checks a keyring, and gives its keys by id, each imported once.
 * @throws {TypeError} a key that is not 32 bytes, an id that cannot stand in a sealed value, no current key
 */
export function openKeyring({ current, keys }: Keyring): (id: string) => Promise<CryptoKey> | undefined {
  const given = new Map(Object.entries(keys))
  if (!given.has(current)) throw new TypeError(`keyring.current: no key "${current}" in keyring.keys`)
  for (const [id, key] of given) {
    if (!/^[\w-]+$/.test(id)) {
      throw new TypeError(`keyring.keys: the id "${id}" may have only letters, digits, "_" and "-"`)
    }
    if (typeof key !== 'function') bytesOf(id, key)
  }

  const imported = new Map<string, Promise<CryptoKey>>()
  return (id) => {
    const key = given.get(id)
    if (key === undefined) return undefined
    const known = imported.get(id)
    if (known) return known
    const coming = load(id, key)
    imported.set(id, coming)
    coming.catch(() => imported.delete(id))
    return coming
  }
}

const load = async (id: string, key: Keyring['keys'][string]): Promise<CryptoKey> => {
  const bytes = bytesOf(id, typeof key === 'function' ? await key() : key)
  return systemSubtle().importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

const bytesOf = (id: string, key: KeyBytes): Uint8Array<ArrayBuffer> => {
  const bytes = typeof key !== 'string' ? new Uint8Array(key) : (fromHex(key) ?? fromBase64url(key))
  if (bytes?.length === 32) return bytes
  throw new TypeError(
    `keyring.keys.${id}: must be 32 bytes, as bytes, in base64url (43 characters) or in hex`,
  )
}

const fromHex = (text: string): Uint8Array<ArrayBuffer> | undefined =>
  /^[\da-f]{64}$/i.test(text)
    ? Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    : undefined
