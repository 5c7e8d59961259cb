import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AuthError, ownedBy, type StoreDriver } from '@latchkey/core'
import { sqliteStore } from '@latchkey/store-sqlite'
import { deploymentId } from './deployment.ts'
import { embeddedStore } from './embedded.ts'
import { fileStore } from './file.ts'
import { storeKeys, type StoreKeys } from './key.ts'
import { sealedStore } from './sealed.ts'

export interface OpenStoreOptions {
  /** The user's data folder. */
  readonly folder: string
  /** The value of LATCHKEY_KEY, where there is one; default: the key file in the folder. */
  readonly key?: string | undefined
  /** The value of LATCHKEY_KEY_OLD, where there is one. */
  readonly oldKeys?: string | undefined
  /** The value of LATCHKEY_DEPLOYMENT, where there is one; default: the file `deployment` in the folder. */
  readonly deployment?: string | undefined
  /** The value of LATCHKEY_STORE: `sqlite`, which is the default, or `file`. */
  readonly kind?: string | undefined
}

/** What belongs to a data folder. */
export interface Upkeep {
  /** Connections, sealed, of this deployment. */
  readonly store: StoreDriver
  /** The same beneath the seal. */
  readonly beneath: StoreDriver
  /** All that is sealed with these keys, beneath the seal: that store, and one of the other kind where there is one. */
  readonly everything: readonly StoreDriver[]
  readonly keys: StoreKeys
  /** The id of this deployment. */
  readonly deployment: string
}

/**
 * Opens a data folder: `connections.db`, or with `file` `connections.json`, sealed; the key and the deployment's id beside.
 * @throws {AuthError} store_unavailable, see `storeKeys`, `deploymentId`, `embeddedStore` and `fileStore`
 */
export async function openUpkeep(options: OpenStoreOptions): Promise<Upkeep> {
  const { folder, key, oldKeys, kind = 'sqlite' } = options
  if (kind !== 'sqlite' && kind !== 'file')
    throw new AuthError(
      'store_unavailable',
      'store: LATCHKEY_STORE must be sqlite or file; the user must set one of them.',
    )
  const former = join(folder, 'connections.json')
  const path = join(folder, 'connections.db')
  const driver = kind === 'file' ? fileStore(former) : await embeddedStore({ path, former })
  const deployment = await deploymentId({ given: options.deployment, path: join(folder, 'deployment') })
  // The mark lies beneath the seal: it is no secret, and no change of keys has to know of it.
  const beneath = ownedBy(driver, deployment)
  const isNew = async (): Promise<boolean> => (await beneath.list({ limit: 1 })).records.length === 0
  const keys = await storeKeys({ given: key, old: oldKeys, path: join(folder, 'key'), isNew })
  const [otherPath, other] = kind === 'file' ? [path, sqliteStore({ path })] : [former, fileStore(former)]
  const everything = existsSync(otherPath) ? [beneath, ownedBy(other, deployment)] : [beneath]
  return { store: await sealedStore(beneath, keys.read), beneath, everything, keys, deployment }
}

/** The store of the command, sealed; see `openUpkeep`. */
export async function openStore(options: OpenStoreOptions): Promise<StoreDriver> {
  return (await openUpkeep(options)).store
}
