/** Every metric, with its unit as OpenTelemetry spells it; docs/operations.md says what each is for. */
export const metrics = {
  events: { name: 'latchkey.events', unit: '{event}', description: 'What happened to connections.' },
  refreshDuration: {
    name: 'latchkey.refresh.duration',
    unit: 's',
    description: 'How long an attempt to renew took, the provider and the store included.',
  },
  refreshWaiters: {
    name: 'latchkey.refresh.waiters',
    unit: '{caller}',
    description: 'Callers of a process that waited for the same attempt.',
  },
  storeDuration: {
    name: 'latchkey.store.duration',
    unit: 's',
    description: 'How long the store took for an operation.',
  },
  leases: {
    name: 'latchkey.lease.claims',
    unit: '{claim}',
    description: 'Claims of the lease that precedes an attempt.',
  },
} as const

/** Every attribute. None holds a key, an owner, a tenant, a setting, a credential or a message. */
export const attribute = {
  event: 'latchkey.event',
  connector: 'latchkey.connector',
  scheme: 'latchkey.scheme',
  outcome: 'latchkey.outcome',
  remedy: 'latchkey.remedy',
  operation: 'latchkey.store.operation',
  // OpenTelemetry semantic conventions, "error.type".
  error: 'error.type',
} as const
