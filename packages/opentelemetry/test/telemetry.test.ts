import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { context } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import {
  AuthError,
  connections,
  defineConnector,
  defineStrategy,
  memoryStore,
  type AuthEvent,
} from '@latchkey/core'
import { telemetry } from '@latchkey/opentelemetry'
import { fakeClock } from '@latchkey/testing'
import { attribute, metrics } from '../src/names.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

function rig(answer: (n: number) => void = () => undefined) {
  const clock = fakeClock()
  const spans = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const { onEvent, observed } = telemetry({ tracerProvider, meterProvider, now: clock.now })
  const events: AuthEvent[] = []
  let count = 0
  const auth = defineStrategy<{ token: string; expiresAt: number }>()({
    scheme: 'login',
    fields: { password: { type: 'password', label: 'Password', required: true } },
    async acquire(c) {
      await clock.sleep(200)
      answer(++count)
      return { token: `CANARY-token ${c.settings.password}`, expiresAt: clock.now() + 3_600_000 }
    },
    apply: (request, c) => request.headers.set('authorization', c.credentials.token),
  })
  const bare = memoryStore({ now: clock.now })
  const store = observed({ ...bare, read: async (key) => (await clock.sleep(3), await bare.read(key)) })
  const acme = defineConnector({ key: 'acme', name: 'Acme', auth, baseUrl: 'https://api.example.com' })
  const open = () =>
    connections({
      connectors: { acme },
      store,
      now: clock.now,
      sleep: clock.sleep,
      onEvent: onEvent((event) => events.push(event)),
    })
  const points = async () => {
    await reader.forceFlush()
    const [last] = exporter.getMetrics().slice(-1)
    const all = last?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
    return Object.fromEntries(all.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints]))
  }
  const create = (all: ReturnType<typeof open>) =>
    all.create('acme', {
      settings: { password: 'CANARY-password' },
      key: 'CANARY-key',
      owner: 'CANARY-owner',
      tenant: 'CANARY-tenant',
    })
  return { clock, spans, tracerProvider, points, open, create, events, store, bare }
}

test('an attempt to renew is one span under the caller that began it, and one measurement', async () => {
  const { clock, spans, tracerProvider, points, open, create, events } = rig()
  const c = await create(open())
  await tracerProvider.getTracer('test').startActiveSpan('caller', async (span) => {
    const five = Promise.all(Array.from({ length: 5 }, () => c.credentials()))
    await clock.advance(1_000)
    await five
    span.end()
  })
  const finished = spans.getFinishedSpans()
  const [refresh, ...more] = finished.filter(({ name }) => name === 'latchkey.refresh')
  const caller = finished.find(({ name }) => name === 'caller')
  expect(more).toEqual([])
  expect(refresh?.parentSpanContext?.spanId).toBe(caller?.spanContext().spanId)
  expect(refresh?.duration).toEqual([0, 200_000_000])
  expect(refresh?.attributes).toEqual({
    'latchkey.connector': 'acme',
    'latchkey.scheme': 'login',
    'latchkey.outcome': 'acquired',
  })
  const measured = await points()
  expect(measured['latchkey.refresh.duration']).toMatchObject([
    { attributes: refresh?.attributes, value: { count: 1, sum: 0.2 } },
  ])
  expect(measured['latchkey.refresh.waiters']).toMatchObject([{ value: { count: 1, sum: 5 } }])
  expect(events.map(({ type }) => type)).toEqual(['connection.created', 'connection.acquired'])
  expect(
    measured['latchkey.events']?.map(({ value, attributes }) => [attributes[attribute.event], value]),
  ).toEqual([
    ['connection.created', 1],
    ['connection.acquired', 1],
  ])
})

test('a failed attempt says its code and who must act, and its span is an error', async () => {
  const { clock, spans, points, open, create } = rig(() => {
    throw new AuthError('client_rejected', 'CANARY-message')
  })
  const c = await create(open())
  const failed = expect(c.credentials()).rejects.toThrow()
  await clock.advance(1_000)
  await failed
  const refresh = spans.getFinishedSpans().find(({ name }) => name === 'latchkey.refresh')
  const about = {
    'error.type': 'client_rejected',
    'latchkey.remedy': 'operator',
    'latchkey.outcome': 'failed',
  }
  expect(refresh).toMatchObject({ attributes: about, status: { code: 2 } })
  expect((await points())['latchkey.refresh.duration']).toMatchObject([
    { attributes: about, value: { sum: 0.2 } },
  ])
})

test('the store is timed by operation, and a lease that another holds is told from one that was taken', async () => {
  const { clock, points, open, create, spans } = rig()
  const c = await create(open())
  const other = await Promise.all([open().get('CANARY-key'), clock.advance(10)]).then(([found]) => found)
  const both = Promise.all([c.credentials(), other.credentials()])
  await clock.advance(2_000)
  await both
  const measured = await points()
  const claims = measured['latchkey.lease.claims']?.map(({ attributes, value }) => [
    attributes[attribute.outcome],
    value,
  ])
  expect(claims?.[0]).toEqual(['taken', 1])
  expect(claims?.[1]?.[0]).toBe('contended')
  const reads = measured['latchkey.store.duration']?.find(
    ({ attributes }) => attributes[attribute.operation] === 'read',
  )
  const { count, sum } = reads?.value as { count: number; sum: number }
  expect(sum).toBeCloseTo(count * 0.003)
  expect(spans.getFinishedSpans().map(({ name }) => name)).toContain('latchkey.store commit')
})

test('a store that fails is told by code, and its error reaches the caller as it was', async () => {
  const { spans, store, bare, points } = rig()
  const broken = telemetry({ tracerProvider: new BasicTracerProvider() }).observed({
    ...bare,
    read: (_: string) => Promise.reject(new AuthError('store_unavailable', 'CANARY-row')),
  })
  await expect(broken.read('a')).rejects.toThrow('CANARY-row')
  expect(await store.delete('nothing')).toBe(false)
  expect(spans.getFinishedSpans().map(({ name, attributes }) => [name, attributes])).toEqual([
    ['latchkey.store delete', { 'latchkey.store.operation': 'delete' }],
  ])
  expect(Object.keys(await points())).toEqual(['latchkey.store.duration'])
})

test('no attribute, span or metric holds a secret, a key, a person or a message', async () => {
  const { clock, spans, points, open, create, store } = rig((n) => {
    if (n === 2) throw new Error('CANARY-error')
  })
  const all = open()
  const c = await create(all)
  const first = c.credentials()
  await clock.advance(1_000)
  await first
  const second = expect(c.refresh()).rejects.toThrow()
  await clock.advance(1_000)
  await second
  await store.acquire('CANARY-key', {
    grant: 'CANARY',
    version: 1,
    owner: 'CANARY',
    leaseMs: 1,
    quiesceMs: 1,
  })
  await Promise.all([all.list({ owner: 'CANARY-owner' }), all.remove('CANARY-key'), clock.advance(1_000)])
  const told = spans
    .getFinishedSpans()
    .map(({ name, attributes, events, status, links }) => ({ name, attributes, events, status, links }))
  expect(told.length > 8).toBe(true)
  expect(JSON.stringify([told, await points()])).not.toContain('CANARY')
  const known: readonly string[] = Object.values(attribute)
  expect(
    told.flatMap(({ attributes }) => Object.keys(attributes)).filter((name) => !known.includes(name)),
  ).toEqual([])
})

test('without providers of its own it speaks to the global ones, and without any it does nothing', async () => {
  const { onEvent, observed } = telemetry()
  onEvent()({ type: 'connection.created', at: 1, key: 'k', connector: 'c', scheme: 's' })
  expect(await observed(memoryStore()).read('k')).toBe(undefined)
  expect(trace.getActiveSpan()).toBe(undefined)
})

test('the dashboard asks for metrics that there are, and docs/operations.md names each of them', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  const dashboard = read('../grafana/latchkey.json')
  const seconds = (unit: string) => (unit === 's' ? '_seconds' : '')
  const spelled = Object.values(metrics).map(
    ({ name, unit }) => `${name.replaceAll('.', '_')}${seconds(unit)}`,
  )
  const asked = new Set(
    [...dashboard.matchAll(/latchkey_[a-z_]+?(?=_(?:total|bucket|sum|count)\b)/g)].map(([name]) => name),
  )
  expect([...asked].sort()).toEqual([...spelled].sort())
  const page = read('../../../docs/operations.md')
  expect(Object.values(metrics).filter(({ name }) => !page.includes(`\`${name}\``))).toEqual([])
  const labels = [...dashboard.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '))
  const known = ['le', ...Object.values(attribute).map((name) => name.replaceAll('.', '_'))]
  expect(labels.filter((label) => !known.includes(label))).toEqual([])
})
