import { openConnection, setupFor } from '../connect.ts'
import type { Grant } from '../connection/grant.ts'
import { contentOf, newGrant, openRecord, stored } from '../connection/record.ts'
import { emit, randomId, type Setup } from '../connection/setup.ts'
import { endCredentials, statusIn } from '../connection/state.ts'
import type { Connection } from '../connection/types.ts'
import type { Connector } from '../connector.ts'
import { AuthError } from '../errors.ts'
import { toAuthError } from '../http/failure.ts'
import type { ListedRecord, StoredRecord } from '../store/contract.ts'
import type { AuthStrategy, Json } from '../strategy.ts'
import { systemNow } from '../world/clock.ts'
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

  async function read(key: string, filter: Filter = {}): Promise<{ record: StoredRecord; setup: Setup }> {
    const record = await stored(() => store.read(key))
    const names = ['connector', 'owner', 'tenant'] as const
    if (
      record === undefined ||
      names.some((name) => filter[name] !== undefined && filter[name] !== record[name])
    ) {
      throw new AuthError('credentials_missing', `There is no connection "${key}"`)
    }
    const connector = byKey.get(record.connector)
    if (connector === undefined) {
      throw new AuthError(
        'definition_invalid',
        `"${key}" is a connection of "${record.connector}", which is not among the connectors`,
      )
    }
    return { record, setup: await setupOf(connector, key, record.settings as Settings, record) }
  }

  function keep(setup: Setup): Live {
    if (closed) throw new AuthError('store_unavailable', 'These connections are closed')
    const known = live.get(setup.key)
    if (known !== undefined) return known
    const opened = openConnection(setup)
    live.set(setup.key, opened)
    return opened
  }

  async function create(connector: Connector | undefined, given: NewConnection): Promise<Connection> {
    if (connector === undefined) throw new TypeError('connections.create(): no such connector')
    refuseOperatorValues(connector, given)
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

  /** A change beside the credentials: a renewal under way is not disturbed. */
  async function change(key: string, content: Partial<StoredRecord>): Promise<Setup> {
    for (;;) {
      const { record, setup } = await read(key)
      const next = { parent: record, record: { ...contentOf(record), ...content }, keepLease: true }
      if (await stored(() => store.commit(key, next))) {
        live.get(key)?.grant.forget()
        return setup
      }
    }
  }

  return {
    create: (name, given) => create(options.connectors[name], given as NewConnection) as never,
    get: async (key, filter) => keep((await read(key, filter)).setup).connection,
    async list({ limit = defaultPage, ...page } = {}) {
      const { records, more } = await stored(() => store.list({ ...page, limit }))
      return { connections: records.map(summary), more }
    },
    async update(key, settings) {
      const { record, setup } = await read(key)
      const before = record.settings as Settings
      const changed = await setupOf(setup.connector as Connector, key, { ...before, ...settings }, record)
      const next = {
        ...changed,
        stored: storedSettings(changed, { ...before, ...settings }),
        adopt: undefined,
      }
      await openRecord(next)
      live.get(key)?.grant.forget()
    },
    async pause(key) {
      emit(await change(key, { paused: true }), 'connection.paused')
    },
    async resume(key) {
      emit(await change(key, { paused: false }), 'connection.resumed')
    },
    async import(rows) {
      const results: ({ readonly key: string } | { readonly error: AuthError })[] = []
      for (const row of rows) {
        results.push(
          await create(options.connectors[row.connector], row).then(
            ({ key }) => ({ key }),
            (error: unknown) => ({
              error: toAuthError(error, { now: (options.now ?? systemNow)(), scheme: row.connector }),
            }),
          ),
        )
      }
      return results
    },
    async remove(key) {
      const { setup } = await read(key)
      const { grant } = keep(setup)
      const failure = await endCredentials(setup, grant).then(
        () => undefined,
        (error: unknown) => error as AuthError,
      )
      const removed = await stored(() => store.delete(key))
      live.delete(key)
      grant.forget()
      emit(setup, 'connection.deleted')
      if (failure !== undefined) throw failure
      return removed
    },
    async close() {
      closed = true
      await Promise.all([...live.values()].map(({ grant }) => grant.close()))
      live.clear()
    },
  }

  function summary(record: ListedRecord): Summary {
    const { key, connector, owner, tenant, createdAt, updatedAt } = record
    const auth = byKey.get(connector)?.auth
    const status = statusIn(auth && strategyOf(auth, record.scheme), record, (options.now ?? systemNow)())
    return { ...status, key, connector, owner, tenant, createdAt, updatedAt }
  }
}

/** The strategy of that scheme among a selector's options. */
function strategyOf(auth: AuthStrategy, scheme: string): AuthStrategy | undefined {
  if (auth.scheme === scheme && !auth.select) return auth
  for (const choice of Object.values(auth.choices ?? {})) {
    const found = strategyOf(choice, scheme)
    if (found) return found
  }
  return undefined
}

/** The operator's values come from one source; a connection overrides them only through `app`. */
function refuseOperatorValues(connector: Connector, { settings }: NewConnection): void {
  const faults = Object.keys(settings as Settings)
    .filter((field) => connector.auth.fields[field]?.owner === 'app')
    .map((field) => ({
      field,
      problem: 'is set by the operator; pass it in app to override it for this connection',
    }))
  if (faults.length > 0) {
    throw new AuthError(
      'settings_invalid',
      faults.map(({ field, problem }) => `${field} ${problem}`).join('; '),
      { faults },
    )
  }
}

/** What is written to the record: the user's checked settings, and the operator's only where they were overridden. */
function storedSettings({ form }: Setup, overridden: Settings = {}): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(form.settings).filter(
      ([name]) => form.fields[name]?.owner !== 'app' || Object.hasOwn(overridden, name),
    ),
  ) as Record<string, Json>
}
