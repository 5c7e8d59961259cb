import { strategyOf, type AuthStrategy, type Connector, type ListedRecord } from '@latchkey/core'
import type { Job } from './queue.ts'
import type { RefresherOptions, Sweep } from './types.ts'

const pageSize = 1_000
/** Nearer to its end than this even an attempt of unknown outcome is repeated; see docs/stores.md, Quiesce. */
const lastMomentMs = 60_000
const noticeEveryMs = 21_600_000

/** Looks for what is due. `running` false ends it after the page under way. */
export function sweeperOf(
  options: RefresherOptions,
  now: () => number,
): (running: () => boolean) => Promise<Sweep> {
  const { store, queue, used, providers = {}, aheadMs = 600_000, noticeMs = 259_200_000, onEvent } = options
  const byKey = new Map(Object.values(options.connectors).map((connector) => [connector.key, connector]))
  /** What was told of, with the end that was told. */
  const told = new Map<string, number>()
  let noticedAt = -Infinity

  async function isDue(record: ListedRecord, connector: Connector): Promise<boolean> {
    const at = now()
    const { expiresAt = 0, issuedAt, lease, intentAt, nextAttemptAt = 0 } = record
    const left = expiresAt - at
    if (!isRenewable(strategyOf(connector.auth, record.scheme))) return false
    if (nextAttemptAt > at || (lease !== undefined && lease.until > at)) return false
    if (issuedAt !== undefined && left > ((expiresAt - issuedAt) * 2) / 5) return false
    if (intentAt !== undefined && left > lastMomentMs && !isRepeatable(connector, at - intentAt)) return false
    const idleMs = providers[connector.key]?.idleMs ?? Infinity
    if (at - (issuedAt ?? record.updatedAt) >= idleMs / 2) return true
    return used === 'all' || (await used(record))
  }

  function notice(record: ListedRecord, connector: Connector): void {
    const { key, scheme, owner, tenant, version, expiresAt = 0 } = record
    const leaf = strategyOf(connector.auth, scheme)
    if (leaf === undefined || isRenewable(leaf) || expiresAt <= now() || told.get(key) === expiresAt) return
    told.set(key, expiresAt)
    try {
      const type = 'connection.expiring'
      onEvent?.({ type, at: now(), key, connector: connector.key, scheme, owner, tenant, version, expiresAt })
    } catch {
      // A listener must not be able to end a sweep.
    }
  }

  async function* ending(before: number, running: () => boolean): AsyncGenerator<readonly ListedRecord[]> {
    let after: { expiresAt: number; key: string } | undefined
    while (running()) {
      const { records, more } = await store.due({ before, after, limit: pageSize })
      const last = records.at(-1)
      yield records
      if (!more || last === undefined) return
      after = { expiresAt: last.expiresAt ?? 0, key: last.key }
    }
  }

  /** Far ahead, and seldom: of all that ends within days only what no machine can renew is of interest. */
  async function lookAhead(running: () => boolean): Promise<void> {
    for (const [key, expiresAt] of told) if (expiresAt <= now()) told.delete(key)
    for await (const records of ending(now() + noticeMs, running)) {
      for (const record of records) {
        const connector = byKey.get(record.connector)
        if (connector !== undefined) notice(record, connector)
      }
    }
    noticedAt = now()
  }

  return async (running) => {
    let [seen, queued] = [0, 0]
    for await (const records of ending(now() + aheadMs, running)) {
      seen += records.length
      const lanes = new Map<string, Job[]>()
      for (const record of records) {
        const connector = byKey.get(record.connector)
        if (connector === undefined || !(await isDue(record, connector))) continue
        const { key, version } = record
        lanes.set(connector.key, [...(lanes.get(connector.key) ?? []), { key, version }])
      }
      for (const [lane, jobs] of lanes) {
        await queue.add(lane, jobs)
        queued += jobs.length
      }
    }
    if (onEvent !== undefined && now() - noticedAt >= noticeEveryMs) await lookAhead(running)
    return { seen, queued }
  }
}

/** Whether the provider takes the same refresh token again so long after an attempt of unknown outcome. */
const isRepeatable = ({ rotation = 'strict', graceMs = 0 }: Connector, sinceMs: number): boolean =>
  rotation === 'none' || (rotation === 'grace' && sinceMs < graceMs)

const isRenewable = (leaf: AuthStrategy | undefined): boolean =>
  leaf?.acquire !== undefined || leaf?.refresh !== undefined
