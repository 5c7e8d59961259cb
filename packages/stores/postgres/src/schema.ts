/** A name as SQL writes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** SQLSTATEs of our own. */
export const laterVersion = 'LK001'
export const notDurable = 'LK002'

// Each step is run once, in order, and never changed: its number is the version of the schema that it leads to.
// Keys are sorted by their bytes, whatever the language of the database, so that a page follows a key in every one.
// Room is left in each page, so that taking and releasing a lease, which touch no index, stay within it.
const steps: readonly ((schema: string) => string)[] = [
  (schema) => `
    CREATE TABLE ${schema}.connections (
      key text COLLATE "C" PRIMARY KEY,
      version integer NOT NULL,
      grant_id text NOT NULL,
      connector text NOT NULL,
      owner text,
      tenant text,
      paused boolean NOT NULL,
      waits boolean NOT NULL,
      expires_at float8,
      record text NOT NULL,
      settings text NOT NULL,
      credentials text,
      failure text,
      lease_owner text,
      lease_until float8,
      intent_at float8,
      prior_intent_at float8,
      next_attempt_at float8,
      created_at float8 NOT NULL,
      updated_at float8 NOT NULL
    ) WITH (fillfactor = 70);
    CREATE INDEX connections_due ON ${schema}.connections (expires_at, key)
      WHERE expires_at IS NOT NULL AND NOT paused AND NOT waits;
    CREATE INDEX connections_connector ON ${schema}.connections (connector, key);
    CREATE INDEX connections_owner ON ${schema}.connections (owner, key) WHERE owner IS NOT NULL;
    CREATE INDEX connections_tenant ON ${schema}.connections (tenant, key) WHERE tenant IS NOT NULL;`,
]

/**
 * The whole migration as one statement, so that it is one transaction on one connection, through a pooler too. The lock
 * ends with the transaction; whoever waited for it finds the work done.
 */
export function migration(name: string): string {
  const schema = quoted(name)
  const text = `'${name.replaceAll("'", "''")}'`
  const body = steps.map(
    (step, index) => `
  IF known < ${index + 1} THEN
    ${step(schema)}
    INSERT INTO ${schema}.migrations (version) VALUES (${index + 1});
  END IF;`,
  )
  return `DO $latchkey$
DECLARE
  known integer;
BEGIN
  IF current_setting('synchronous_commit') = 'off' THEN
    RAISE EXCEPTION 'synchronous_commit is off' USING ERRCODE = '${notDurable}';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('latchkey'), hashtext(${text}));
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = ${text}) THEN
    CREATE SCHEMA ${schema};
  END IF;
  CREATE TABLE IF NOT EXISTS ${schema}.migrations (
    version integer PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
  );
  SELECT coalesce(max(version), 0) INTO known FROM ${schema}.migrations;
  IF known > ${steps.length} THEN
    RAISE EXCEPTION 'the schema has version %', known USING ERRCODE = '${laterVersion}';
  END IF;${body.join('')}
END
$latchkey$`
}
