import { openConnection, setupFor } from '../connect.ts'
import type { Grant } from '../connection/grant.ts'
import { contentOf, newGrant, openRecord, stored } from '../connection/record.ts'
import { emit, notify, randomId, type Setup } from '../connection/setup.ts'
import { endCredentials, statusIn } from '../connection/state.ts'
import type { Connection } from '../connection/types.ts'
import type { Connector } from '../connector.ts'
import { AuthError, isAuthError } from '../errors.ts'
import type { AuthEventType } from '../events.ts'
import { toAuthError } from '../http/failure.ts'
import type { ListedRecord, StoredRecord } from '../store/contract.ts'
import type { Json } from '../strategy.ts'
import { systemNow } from '../world/clock.ts'
import { refuseOperatorValues, storedSettings, strategyOf } from './settings.ts'
import type {
  Connections,
  ConnectionsOptions,
  Connectors,
  Filter,
  NewConnection,
  Settings,
  Summary,
} from './types.ts'

const defaultPage = 100

interface Live {
  readonly connection: Connection
  readonly grant: Grant
}

/** Keeps many accounts, of one or several connectors, in one store. */
export function connections<const K extends Connectors>(options: ConnectionsOptions<K>): Connections<K> {
  const { store } = options
  const byKey = new Map(Object.values(options.connectors).map((connector) => [connector.key, connector]))
  const live = new Map<string, Live>()
  /** How many renewals ahead of time hold a connection that nobody else uses. */
  const passing = new Map<string, number>()
  const now = options.now ?? systemNow
  let closed = false

  /** A setup whose settings are the record's: what another process writes is taken over. */
  async function setupOf(
    connector: Connector,
    key: string,
    settings: Settings,
    meta: Filter,
  ): Promise<Setup> {
    const app = (await options.app?.(connector)) ?? {}
    const setup = setupFor(connector, { ...options, key, settings: { ...app, ...settings } })
    await setup.ready
    return {
      ...setup,
      stored: settings as Record<string, Json>,
      owner: meta.owner,
      tenant: meta.tenant,
      adopt: (changed) => setupOf(connector, key, changed as Settings, meta),
    }
  }

  async function read(key: string, filter: Filter = {}): Promise<StoredRecord> {
    const record = await stored(() => store.read(key))
    const names = ['connector', 'owner', 'tenant'] as const
    if (
      record === undefined ||
      names.some((name) => filter[name] !== undefined && filter[name] !== record[name])
    ) {
      throw new AuthError('credentials_missing', `There is no connection "${key}"`)
    }
    return record
  }

  function connectorOf({ key, connector }: StoredRecord): Connector {
    const known = byKey.get(connector)
    if (known !== undefined) return known
    throw new AuthError(
      'definition_invalid',
      `"${key}" is a connection of "${connector}", which is not among the connectors`,
    )
  }

  async function setupFrom(record: StoredRecord): Promise<Setup> {
    return await setupOf(connectorOf(record), record.key, record.settings as Settings, record)
  }

  function refuseClosed(): void {
    if (closed) throw new AuthError('store_unavailable', 'These connections are closed')
  }

  function keep(setup: Setup): Live {
    const known = live.get(setup.key)
    if (known !== undefined) return known
    const opened = openConnection(setup)
    live.set(setup.key, opened)
    return opened
  }

  async function create(connector: Connector | undefined, given: NewConnection): Promise<Connection> {
    refuseClosed()
    if (connector === undefined) throw new AuthError('definition_invalid', 'There is no such connector')
    refuseOperatorValues(connector, given.settings as Settings)
    const asked = await setupOf(
      connector,
      given.key ?? '',
      { ...(given.settings as Settings), ...given.app },
      given,
    )
    const key = given.key ?? `${connector.key}_${randomId(asked)}`
    const setup = { ...asked, key, stored: storedSettings(asked, given.app) }
    const record = newGrant(setup, given.credentials)
    if (!(await stored(() => store.create(key, record)))) {
      throw new AuthError('definition_invalid', `There is already a connection "${key}"`)
    }
    emit(setup, 'connection.created', { version: 1, expiresAt: record.expiresAt })
    return keep(setup).connection
  }

  async function refresh(
    key: string,
    { version }: { readonly version?: number | undefined } = {},
  ): Promise<boolean> {
    refuseClosed()
    const record = await read(key)
    if (version !== undefined && record.version !== version) return false
    const setup = await setupFrom(record)
    if (!live.has(key)) passing.set(key, 0)
    const { grant } = keep(setup)
    const others = passing.get(key)
    if (others !== undefined) passing.set(key, others + 1)
    let unsaved = false
    try {
      const { record: held } = await grant.force(undefined, version)
      return held?.version !== record.version
    } catch (error) {
      unsaved = isAuthError(error) && error.code === 'store_unavailable'
      throw error
    } finally {
      const left = passing.get(key)
      // What the store has not taken yet stays in this process, and is written at the next call or at the end.
      if (left !== undefined && (left > 1 || unsaved)) passing.set(key, left - 1)
      else if (passing.delete(key)) live.delete(key)
    }
  }

  /** A change beside the credentials: a renewal under way is not disturbed. */
  async function change(key: string, type: AuthEventType, content: Partial<StoredRecord>): Promise<void> {
    for (;;) {
      const record = await read(key)
      const next = { parent: record, record: { ...contentOf(record), ...content }, keepLease: true }
      if (!(await stored(() => store.commit(key, next)))) continue
      live.get(key)?.grant.forget()
      tell(type, record)
      return
    }
  }

  /** Events of records, which may be of a connector that is gone. */
  function tell(type: AuthEventType, record: StoredRecord): void {
    const { key, connector, scheme, owner, tenant } = record
    notify(options.onEvent, { type, at: now(), key, connector, scheme, owner, tenant })
  }

  return {
    create: (name, given) => create(options.connectors[name], given as NewConnection) as never,
    async get(key, filter) {
      refuseClosed()
      const { connection } = keep(await setupFrom(await read(key, filter)))
      passing.delete(key)
      return connection
    },
    async list({ limit = defaultPage, ...page } = {}) {
      const { records, more } = await stored(() => store.list({ ...page, limit }))
      return { connections: records.map(summary), more }
    },
    async update(key, settings, app = {}) {
      const record = await read(key)
      const connector = connectorOf(record)
      refuseOperatorValues(connector, settings)
      const merged = { ...(record.settings as Settings), ...settings, ...app }
      const changed = await setupOf(connector, key, merged, record)
      await openRecord({ ...changed, stored: storedSettings(changed, merged), adopt: undefined })
      live.get(key)?.grant.forget()
    },
    pause: (key) => change(key, 'connection.paused', { paused: true }),
    resume: (key) => change(key, 'connection.resumed', { paused: false }),
    async import(rows) {
      const results: ({ readonly key: string } | { readonly error: AuthError })[] = []
      for (const row of rows) {
        results.push(
          await create(options.connectors[row.connector], row).then(
            ({ key }) => ({ key }),
            (error: unknown) => ({
              error: toAuthError(error, { now: now(), scheme: row.connector }),
            }),
          ),
        )
      }
      return results
    },
    refresh,
    async remove(key) {
      const record = await read(key)
      // A record whose connector or settings no longer fit cannot be ended at the provider, but it goes.
      const setup = await setupFrom(record).catch(() => undefined)
      const ended = setup && endCredentials(setup, keep(setup).grant)
      const failure = await ended?.then(
        () => undefined,
        (error: unknown) => error as AuthError,
      )
      const removed = await stored(() => store.delete(key))
      live.get(key)?.grant.forget()
      live.delete(key)
      tell('connection.deleted', record)
      if (failure !== undefined) throw failure
      return removed
    },
    async close() {
      closed = true
      const ends = await Promise.allSettled([...live.values()].map(({ grant }) => grant.close()))
      live.clear()
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }

  function summary(record: ListedRecord): Summary {
    const { key, connector, owner, tenant, createdAt, updatedAt } = record
    const auth = byKey.get(connector)?.auth
    const status = statusIn(auth && strategyOf(auth, record.scheme), record, now())
    return { ...status, key, connector, owner, tenant, createdAt, updatedAt }
  }
}
