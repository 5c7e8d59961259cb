import type { Engine } from './world.ts'

/** In the head of the file, so that a database of another program is known for one: "LKey" (SQLite, PRAGMA application_id). */
const applicationId = 0x4c4b6579

// Each step is run once, in order, and never changed: its number is the version of the schema that it leads to.
const steps: readonly string[] = [
  `CREATE TABLE connections (
    key TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    grant_id TEXT NOT NULL,
    connector TEXT NOT NULL,
    owner TEXT,
    tenant TEXT,
    paused INTEGER NOT NULL,
    waits INTEGER NOT NULL,
    expires_at REAL,
    record TEXT NOT NULL,
    settings TEXT NOT NULL,
    credentials TEXT,
    failure TEXT,
    lease_owner TEXT,
    lease_until REAL,
    intent_at REAL,
    prior_intent_at REAL,
    next_attempt_at REAL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
  ) STRICT;
  CREATE INDEX connections_due ON connections (expires_at, key)
    WHERE expires_at IS NOT NULL AND paused = 0 AND waits = 0;
  CREATE INDEX connections_connector ON connections (connector, key);
  CREATE INDEX connections_owner ON connections (owner, key) WHERE owner IS NOT NULL;
  CREATE INDEX connections_tenant ON connections (tenant, key) WHERE tenant IS NOT NULL;
  CREATE TABLE taken_over (source TEXT NOT NULL PRIMARY KEY, at REAL NOT NULL) STRICT;`,
]

/** The version of the schema that this package knows. */
export const knownVersion: number = steps.length

/** What a file was found to be: `known` can be used. */
export type Found = 'known' | 'foreign' | 'later'

/** Brings the schema up to date, inside a transaction that the caller has begun. */
export function migrateSchema(engine: Engine): Found {
  const id = pragma(engine, 'application_id')
  const version = pragma(engine, 'user_version')
  const [{ tables } = { tables: 0 }] = engine
    .prepare('SELECT count(*) AS tables FROM sqlite_master')
    .all() as { tables: number }[]
  if (id !== applicationId && (id !== 0 || version !== 0 || tables !== 0)) return 'foreign'
  if (version > knownVersion) return 'later'
  for (const step of steps.slice(version)) engine.exec(step)
  if (version < knownVersion)
    engine.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${knownVersion}`)
  return 'known'
}

/** Whether the schema is of this version, without a lock. */
export function isMigrated(engine: Engine): boolean {
  return pragma(engine, 'application_id') === applicationId && pragma(engine, 'user_version') === knownVersion
}

const pragma = (engine: Engine, name: string): number => {
  const [row] = engine.prepare(`PRAGMA ${name}`).all() as Readonly<Record<string, number>>[]
  return row?.[name] ?? 0
}
