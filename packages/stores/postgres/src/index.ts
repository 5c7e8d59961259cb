export { postgresStore, type PostgresStore, type PostgresStoreOptions, type Queryable } from './postgres.ts'
