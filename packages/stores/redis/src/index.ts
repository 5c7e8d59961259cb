export type { RedisClient, Wait } from './client.ts'
export { redisStore, type RedisStore, type RedisStoreOptions } from './redis.ts'
