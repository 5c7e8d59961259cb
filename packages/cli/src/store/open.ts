import { join } from 'node:path'
import { AuthError, encrypted, type StoreDriver } from '@latchkey/core'
import { embeddedStore } from './embedded.ts'
import { fileStore } from './file.ts'
import { storeKey } from './key.ts'

export interface OpenStoreOptions {
  /** The user's data folder. */
  readonly folder: string
  /** The value of LATCHKEY_KEY, where there is one; default: the key file in the folder. */
  readonly key?: string | undefined
  /** The value of LATCHKEY_STORE: `sqlite`, which is the default, or `file`. */
  readonly kind?: string | undefined
}

/**
 * The store of the command, sealed: `connections.db` in the folder, or with `file` `connections.json`.
 * @throws {AuthError} store_unavailable, see `storeKey`, `embeddedStore` and `fileStore`
 */
export async function openStore({ folder, key, kind = 'sqlite' }: OpenStoreOptions): Promise<StoreDriver> {
  if (kind !== 'sqlite' && kind !== 'file')
    throw new AuthError(
      'store_unavailable',
      'store: LATCHKEY_STORE must be sqlite or file; the user must set one of them.',
    )
  const keyring = await storeKey({ given: key, path: join(folder, 'key') })
  const former = join(folder, 'connections.json')
  const store =
    kind === 'file'
      ? fileStore(former)
      : await embeddedStore({ path: join(folder, 'connections.db'), former })
  return encrypted(store, keyring)
}
