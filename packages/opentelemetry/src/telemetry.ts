import {
  metrics as globalMetrics,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type MeterProvider,
  type TracerProvider,
} from '@opentelemetry/api'
import { isAuthError, systemNow, type AuthEvent, type OnEvent, type StoreDriver } from '@latchkey/core'
import { attribute, metrics } from './names.ts'

export interface TelemetryOptions {
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider | undefined
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider | undefined
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined
}

export interface Telemetry {
  /** Counts events, and makes a span and a measurement of each attempt to renew. Calls `next` afterwards. */
  onEvent(next?: OnEvent): OnEvent
  /** The same store, with a span and a measurement of each operation. */
  observed<S extends StoreDriver>(store: S): S
}

/** Event types that end an attempt to renew, and the outcome that they stand for. */
const outcomes: Readonly<Partial<Record<AuthEvent['type'], string>>> = {
  'connection.refreshed': 'refreshed',
  'connection.acquired': 'acquired',
  'connection.rejected': 'rejected',
  'refresh.failed': 'failed',
}
const operations = ['read', 'create', 'acquire', 'commit', 'release', 'delete', 'list', 'due', 'now'] as const
const name = '@latchkey/opentelemetry'
// Seconds. A store takes a millisecond, a token endpoint up to its time limit.
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What Latchkey does, as spans and metrics of OpenTelemetry. No attribute holds a secret, a key or a name of a person. */
export function telemetry(options: TelemetryOptions = {}): Telemetry {
  const { now = systemNow } = options
  const meter = (options.meterProvider ?? globalMetrics.getMeterProvider()).getMeter(name)
  const tracer = (options.tracerProvider ?? trace.getTracerProvider()).getTracer(name)
  const advice = { explicitBucketBoundaries: buckets }
  const counter = ({ name, ...about }: { name: string; unit: string; description: string }) =>
    meter.createCounter(name, about)
  const histogram = ({ name, ...about }: { name: string; unit: string; description: string }) =>
    meter.createHistogram(name, { ...about, advice })
  const events = counter(metrics.events)
  const leases = counter(metrics.leases)
  const refreshes = histogram(metrics.refreshDuration)
  const stores = histogram(metrics.storeDuration)
  const { name: waitersName, ...waitersAbout } = metrics.refreshWaiters
  const waiters = meter.createHistogram(waitersName, {
    ...waitersAbout,
    advice: { explicitBucketBoundaries: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000] },
  })

  function record(event: AuthEvent): void {
    const { type, at, connector, scheme, durationMs, error } = event
    const about: Attributes = { [attribute.connector]: connector, [attribute.scheme]: scheme }
    const failure: Attributes = error
      ? { [attribute.error]: error.code, [attribute.remedy]: error.remedy }
      : {}
    events.add(1, { ...about, ...failure, [attribute.event]: type })
    const outcome = outcomes[type]
    // A rejection by an API has no duration: nothing was renewed.
    if (outcome === undefined || durationMs === undefined) return
    const attributes = { ...about, ...failure, [attribute.outcome]: outcome }
    refreshes.record(durationMs / 1_000, attributes)
    if (event.waiters !== undefined) waiters.record(event.waiters, about)
    // The event comes in the context of the caller that began the attempt: its span is the parent.
    const span = tracer.startSpan('latchkey.refresh', {
      kind: SpanKind.CLIENT,
      startTime: at - durationMs,
      attributes,
    })
    if (error) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(at)
  }

  function timed<A extends readonly unknown[], T>(
    operation: (typeof operations)[number],
    run: (...given: A) => Promise<T>,
  ): (...given: A) => Promise<T> {
    return (...given) =>
      tracer.startActiveSpan(`latchkey.store ${operation}`, { kind: SpanKind.CLIENT }, async (span) => {
        const startedAt = now()
        const about: Attributes = { [attribute.operation]: operation }
        try {
          const result = await run(...given)
          if (operation === 'acquire')
            leases.add(1, { [attribute.outcome]: result === undefined ? 'contended' : 'taken' })
          return result
        } catch (error) {
          // Of what a driver throws only the code: a message may repeat a row.
          about[attribute.error] = isAuthError(error) ? error.code : 'other'
          span.setStatus({ code: SpanStatusCode.ERROR })
          throw error
        } finally {
          stores.record(Math.max(0, now() - startedAt) / 1_000, about)
          span.setAttributes(about).end()
        }
      })
  }

  return {
    onEvent: (next) => (event) => {
      record(event)
      next?.(event)
    },
    observed(store) {
      const methods = operations.flatMap((operation) => {
        const method = Reflect.get(store, operation) as
          ((...given: readonly unknown[]) => Promise<unknown>) | undefined
        return method ? [[operation, timed(operation, method.bind(store))] as const] : []
      })
      return { ...store, ...Object.fromEntries(methods) }
    },
  }
}
