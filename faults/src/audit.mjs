/** How long after its answer a child may still be unwritten, in milliseconds: one write to the store on a busy machine. */
export const windowMs = 1000

const familyOf = (token) => token.slice(0, token.lastIndexOf('.'))

/**
 * Compares what the provider holds with what the store holds, and explains each loss by the window in which it fell.
 * `held`: the refresh token in the store, by connection, or undefined. `log`, `families`: the provider's. `kills` and
 * `stalls`: what the controller did to which process, when. A loss that nothing explains is a fault of ours.
 */
export const audit = ({ held, families, log, kills, stalls }) => {
  const lost = []
  for (const { key, token } of held) {
    const family = families.get(familyOf(token ?? ''))
    if (family !== undefined && !family.revoked && token === `${familyOf(token)}.${family.live}`) continue
    lost.push({ key, token, ...explain({ token: spentTwice(token, log) ?? token, log, kills, stalls }) })
  }
  return { lost, unexplained: lost.filter(({ because }) => because === undefined) }
}

/** The token whose second use ended the family. */
const spentTwice = (token, log) =>
  log.find((entry) => entry.status === 400 && familyOf(entry.token) === familyOf(token ?? ''))?.token

/** The request that used the token first, and what became of who had sent it. */
const explain = ({ token, log, kills, stalls }) => {
  const first = log.find((entry) => entry.token === token && entry.status === 200)
  if (first === undefined) return { because: undefined, detail: 'the provider never traded this token' }
  if (first.dropped) return { because: 'its answer was dropped' }
  const pid = Number(first.client?.slice(1))
  const ended = (first.answeredAt ?? first.actedAt) + windowMs
  const killed = kills.find((kill) => kill.pid === pid && kill.at >= first.arrivedAt && kill.at <= ended)
  if (killed !== undefined) return { because: 'its process was killed between the provider and the store' }
  const stalled = stalls.find(
    (stall) => stall.pid === pid && stall.from <= ended && (stall.until ?? Infinity) >= first.arrivedAt,
  )
  if (stalled !== undefined) return { because: 'its process stood still between the provider and the store' }
  return { because: undefined, detail: `used by process ${pid}, which nobody harmed` }
}
