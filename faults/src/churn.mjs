/** Removes connections and signs them in anew, all the time; afterwards nothing of an old grant may be in the store. */
export const churn = ({ all, keys, provider, store }) => {
  const newest = new Map()
  let [count, stopping] = [0, false]
  const working = (async () => {
    while (!stopping) {
      const key = keys[Math.floor(Math.random() * keys.length)]
      await all.remove(key).catch(() => undefined)
      const { access_token, refresh_token, expires_in } = provider.begin(key)
      newest.set(key, refresh_token.slice(0, refresh_token.lastIndexOf('.')))
      const credentials = {
        accessToken: access_token,
        tokenType: 'Bearer',
        refreshToken: refresh_token,
        expiresAt: Date.now() + expires_in * 1000,
      }
      await all.create('simulated', { key, settings: {}, credentials })
      count++
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return async () => {
    stopping = true
    await working
    let stale = 0
    for (const [key, family] of newest) {
      const token = (await store.read(key))?.credentials?.refreshToken ?? ''
      if (!token.startsWith(`${family}.`)) stale++
    }
    return { count, stale }
  }
}
