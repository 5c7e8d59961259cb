import { join } from 'node:path'
import { encrypted, type StoreDriver } from '@latchkey/core'
import { fileStore } from './file.ts'
import { storeKey } from './key.ts'

export interface OpenStoreOptions {
  /** The user's data folder. */
  readonly folder: string
  /** The value of LATCHKEY_KEY, where there is one; default: the key file in the folder. */
  readonly key?: string | undefined
}

/**
 * The store of the command: `connections.json` in the folder, sealed.
 * @throws {AuthError} store_unavailable, see `storeKey` and `fileStore`
 */
export async function openStore({ folder, key }: OpenStoreOptions): Promise<StoreDriver> {
  const keyring = await storeKey({ given: key, path: join(folder, 'key') })
  return encrypted(fileStore(join(folder, 'connections.json')), keyring)
}
