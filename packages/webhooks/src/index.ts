export { webhooks } from './webhooks.ts'
export type { Undelivered, Webhooks, WebhooksOptions } from './webhooks.ts'
