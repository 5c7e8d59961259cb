import { encrypted, type Keyring, type NewRecord, type Parent, type StoreDriver } from '@latchkey/core'

/**
 * `encrypted()` with a keyring that other processes may change meanwhile. Each write looks at it first, so that it seals
 * with the key that is current; each read that fails looks at it again, because the key may have come since.
 *
 * A process that stood still in the middle of a write may have sealed with a key that was removed meanwhile: it looks
 * again afterwards, and seals what it wrote anew.
 */
export async function sealedStore(
  driver: StoreDriver,
  keyring: () => Promise<Keyring>,
): Promise<StoreDriver> {
  let known = await keyring()
  let store = encrypted(driver, known)

  /** False: nothing else is known than before. A keyring that is gone for now is the one that was known. */
  const reload = async (): Promise<boolean> => {
    const now = await keyring().catch(() => known)
    const ids = Object.keys(now.keys)
    const isSame = now.current === known.current && ids.join() === Object.keys(known.keys).join()
    if (isSame) return false
    known = now
    store = encrypted(driver, known)
    return true
  }

  const write = async (
    key: string,
    record: NewRecord,
    version: number,
    run: () => Promise<boolean>,
  ): Promise<boolean> => {
    await reload()
    const { current } = known
    if (!(await run())) return false
    await reload()
    const parent: Parent = { grant: record.grant, version }
    // Where it is not the parent any more, somebody has written who knew the key.
    if (!Object.hasOwn(known.keys, current)) await store.commit(key, { parent, record, keepLease: true })
    return true
  }

  return {
    ...encrypted(driver, known),
    async read(key) {
      try {
        return await store.read(key)
      } catch (error) {
        if (await reload()) return store.read(key)
        throw error
      }
    },
    create: (key, record) => write(key, record, 1, () => store.create(key, record)),
    commit: (key, change) =>
      write(key, change.record, change.parent.version + 1, () => store.commit(key, change)),
  }
}
