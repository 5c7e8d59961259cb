import { connections, memoryStore, type OnEvent, type StoreDriver } from '@latchkey/core'
import { telemetry } from '@latchkey/opentelemetry'

const { onEvent, observed } = telemetry()
const listener: OnEvent = onEvent(({ type }) => type)
const store: StoreDriver = observed(memoryStore())
connections({ connectors: {}, store, onEvent: onEvent() })
const more: { migrate(): Promise<void> } = observed({ ...memoryStore(), migrate: async () => undefined })

// @ts-expect-error what is observed is a store
observed({ read: async () => undefined })
// @ts-expect-error there is no such option
telemetry({ endpoint: 'http://localhost:4318' })
