import { encrypted } from '@latchkey/core'

/** Opens a store by its description, as every process of a run does for itself. */
export const openStore = async ({ keyring, ...place }) => {
  const store = await openDriver(place)
  return keyring === undefined ? store : encrypted(store, keyring)
}

/** A process that starts while the store is away waits for it. */
const persistently = async (act) => {
  for (let left = 100; ; left--) {
    try {
      return await act()
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

const openDriver = async ({ kind, url }) => {
  if (kind === 'sqlite') {
    const { sqliteStore } = await import('@latchkey/store-sqlite')
    return sqliteStore({ path: url })
  }
  if (kind === 'postgres') {
    const [{ postgresStore }, { default: pg }] = await Promise.all([
      import('@latchkey/store-postgres'),
      import('pg'),
    ])
    const pool = new pg.Pool({ ...url, max: 8 })
    // A server that goes away ends idle clients; the pool makes new ones.
    pool.on('error', () => undefined)
    const store = postgresStore({ pool })
    await persistently(() => store.migrate())
    return { ...store, close: () => pool.end() }
  }
  const [{ redisStore }, { createClient }] = await Promise.all([
    import('@latchkey/store-redis'),
    import('redis'),
  ])
  const client = createClient({
    disableOfflineQueue: true,
    socket: { path: url, reconnectStrategy: () => 50 },
  })
  client.on('error', () => undefined)
  await client.connect()
  const store = redisStore({ client })
  await persistently(() => store.migrate())
  return { ...store, close: async () => client.destroy() }
}
