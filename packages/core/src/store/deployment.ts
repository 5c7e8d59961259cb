import { AuthError } from '../errors.ts'
import { systemSubtle } from '../world/crypto.ts'
import { toBase64url } from './base64url.ts'
import type { ListPage, NewRecord, Page, StoreDriver } from './contract.ts'

/** The key of the one record that says to which deployment a store belongs; no page shows it. */
const mark = 'latchkey.deployment'

/**
 * A store that one deployment owns. The store keeps a fingerprint of the deployment's id; the id itself lives beside the
 * keys, so that a restarted container keeps it and a copied database does not carry it. In a copy under another id
 * everything can be read, and connections can be made, but no lease is given: two databases with one refresh token would
 * spend it twice. The first deployment that asks for a lease owns a new store. Costs one read a lease.
 * `acquire` throws connection_paused where the store belongs to another deployment.
 */
export function ownedBy(driver: StoreDriver, deployment: string): StoreDriver {
  const own = fingerprint(deployment)
  const hidden = (page: Page): Page => ({
    ...page,
    records: page.records.filter(({ key }) => key !== mark),
  })
  const list = async (page: ListPage): Promise<Page> => {
    const found = await driver.list(page)
    const shown = hidden(found)
    // A page with nothing on it would leave the reader without a place to go on from.
    return shown.records.length === 0 && found.more ? list({ ...page, after: mark }) : shown
  }
  return {
    ...bound(driver),
    list,
    async acquire(key, claim) {
      const id = await own
      // Of two that begin together one makes the mark, and the other reads it.
      const owner =
        (await ownerOf(driver)) ?? ((await driver.create(mark, recordOf(id))) ? id : await ownerOf(driver))
      if (owner === id) return driver.acquire(key, claim)
      throw new AuthError(
        'connection_paused',
        'This store belongs to another deployment, of which it may be a copy: nothing is renewed here. ' +
          'The operator must take it over (latchkey deployment adopt) once the other has stopped.',
      )
    },
    due: async (page) => hidden(await driver.due(page)),
  }
}

/** Whether a store belongs to a deployment; `none`: nobody has asked for a lease yet. */
export async function ownershipOf(
  driver: StoreDriver,
  deployment: string,
): Promise<'own' | 'other' | 'none'> {
  const owner = await ownerOf(driver)
  if (owner === undefined) return 'none'
  return owner === (await fingerprint(deployment)) ? 'own' : 'other'
}

/** Makes a deployment the owner of a store; from then on the deployment before it renews nothing there. */
export async function adoptStore(driver: StoreDriver, deployment: string): Promise<void> {
  const record = recordOf(await fingerprint(deployment))
  for (;;) {
    const parent = await driver.read(mark)
    if (
      parent === undefined ? await driver.create(mark, record) : await driver.commit(mark, { parent, record })
    )
      return
  }
}

async function ownerOf(driver: StoreDriver): Promise<string | undefined> {
  return (await driver.read(mark))?.grant
}

function recordOf(owner: string): NewRecord {
  return { grant: owner, connector: mark, scheme: mark, settings: {} }
}

async function fingerprint(deployment: string): Promise<string> {
  const digest = await systemSubtle().digest('SHA-256', new TextEncoder().encode(`${mark} ${deployment}`))
  return toBase64url(new Uint8Array(digest))
}

/** The methods of a driver, whatever kind of object it is. */
function bound(driver: StoreDriver): StoreDriver {
  return {
    read: (key) => driver.read(key),
    create: (key, record) => driver.create(key, record),
    acquire: (key, claim) => driver.acquire(key, claim),
    commit: (key, change) => driver.commit(key, change),
    release: (key, end) => driver.release(key, end),
    delete: (key) => driver.delete(key),
    list: (page) => driver.list(page),
    due: (page) => driver.due(page),
    ...(driver.now && { now: async () => driver.now?.() ?? 0 }),
    ...(driver.close && { close: async () => driver.close?.() }),
  }
}
