import { expect, test } from '@jest/globals'
import type { AllOfCredentials } from '../src/all-of/part.ts'
import { allOf } from '../src/all-of.ts'
import type { AuthStrategy, Credentials, Verdict } from '../src/strategy.ts'

const now = 1_000_000
const minute = 60_000

/** A part that writes down what is asked of it; an outcome is what it earns, or what it throws. */
function part(scheme: string, calls: string[], more: Partial<AuthStrategy>): AuthStrategy {
  return {
    scheme,
    fields: { [scheme]: { label: scheme, type: 'string' } },
    apply: (_, c) => void calls.push(`${scheme} ${JSON.stringify(c.credentials)}`),
    ...more,
  }
}
const earns =
  (calls: string[], name: string, ...outcomes: (Credentials | Error | undefined)[]) =>
  async (c: object) => {
    const credentials: unknown = 'credentials' in c ? c.credentials : undefined
    calls.push(credentials === undefined ? name : `${name} from ${JSON.stringify(credentials)}`)
    const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0]
    if (outcome instanceof Error) throw outcome
    return outcome
  }
const token = (name: string, expiresAt?: number): Credentials =>
  ({ token: name, ...(expiresAt !== undefined && { expiresAt }) }) as Credentials
const context = (parts?: (Credentials | null)[], memory = new Map<string, unknown>()) =>
  ({ settings: {}, memory, now: () => now, ...(parts && { credentials: { parts } }) }) as never
const response = (status: number): Response => new Response(null, { status })

test('each part earns its own, and the whole ends when the first of them does', async () => {
  const calls: string[] = []
  const auth = allOf(
    part('a', calls, { acquire: earns(calls, 'a', token('a1', now + 5 * minute)) }),
    part('b', calls, {}),
    part('c', calls, { acquire: earns(calls, 'c', token('c1', now + minute)) }),
    part('d', calls, { acquire: earns(calls, 'd', token('d1')) }),
  )
  const credentials = await auth.acquire?.(context())
  expect(credentials).toEqual({
    parts: [token('a1', now + 5 * minute), null, token('c1', now + minute), token('d1')],
    expiresAt: now + minute,
  })
  expect(JSON.parse(JSON.stringify(credentials))).toEqual(credentials)
  expect(calls).toEqual(['a', 'c', 'd'])
  await auth.apply({} as never, { settings: {}, memory: new Map(), credentials } as never)
  expect(calls.slice(3)).toEqual([
    'a {"token":"a1","expiresAt":1300000}',
    'b undefined',
    'c {"token":"c1","expiresAt":1060000}',
    'd {"token":"d1"}',
  ])
})

test('a verb that no part has is absent', () => {
  expect(Object.keys(allOf(part('a', [], {}), part('b', [], {})))).toEqual(['scheme', 'fields', 'apply'])
})

test('where nobody earns anything nothing is earned', async () => {
  expect(await allOf(part('a', [], { acquire: async () => undefined })).acquire?.(context())).toBeUndefined()
})

test.each<[string, (number | undefined)[], string[]]>([
  ['only what has ended', [-1, 30 * minute, undefined], ['a']],
  ['all that ends within five minutes', [2 * minute, 5 * minute, 6 * minute], ['a', 'b']],
  ['everything, when it is not the clock that asks', [6 * minute, undefined, 60 * minute], ['a', 'b', 'c']],
])('a refresh renews %s', async (_, ends, due) => {
  const calls: string[] = []
  const names = ['a', 'b', 'c'] as const
  const [first, ...rest] = names.map((name) =>
    part(name, calls, { refresh: earns(calls, name, token('new', now + 60 * minute)) }),
  )
  const old = ends.map((end, at) => token(names[at] ?? '', end === undefined ? undefined : now + end))
  const result = await allOf(first as AuthStrategy, ...rest).refresh?.(context(old))
  expect(calls.map((call) => call[0])).toEqual(due)
  expect(result?.parts).toEqual(
    names.map((name, at) => (due.includes(name) ? token('new', now + 60 * minute) : old[at])),
  )
})

test('a part without refresh, or whose refresh resolves undefined, acquires anew; one that can do neither is left as it is', async () => {
  const calls: string[] = []
  const auth = allOf(
    part('a', calls, { acquire: earns(calls, 'a acquires', token('a2')) }),
    part('b', calls, {
      refresh: earns(calls, 'b refreshes', undefined),
      acquire: earns(calls, 'b acquires', token('b2')),
    }),
    part('c', calls, { refresh: earns(calls, 'c refreshes', undefined) }),
    part('d', calls, {}),
  )
  const old = [token('a1', now), token('b1', now), token('c1', now), null]
  expect(await auth.refresh?.(context(old))).toEqual({
    parts: [token('a2'), token('b2'), token('c1', now), null],
    expiresAt: now,
  })
  expect(calls).toEqual([
    'a acquires',
    'b refreshes from {"token":"b1","expiresAt":1000000}',
    'b acquires',
    'c refreshes from {"token":"c1","expiresAt":1000000}',
  ])
})

test('where no part can be renewed the whole cannot', async () => {
  const auth = allOf(part('a', [], { refresh: async () => undefined }), part('b', [], {}))
  expect(await auth.refresh?.(context([token('a1', now), null]))).toBeUndefined()
})

test('a part that was never earned is earned by the next refresh', async () => {
  const auth = allOf(
    part('a', [], { refresh: async () => token('a2') }),
    part('b', [], { acquire: async () => token('b1') }),
  )
  expect(await auth.refresh?.(context([token('a1', now + minute), null]))).toEqual({
    parts: [token('a1', now + minute), token('b1')],
    expiresAt: now + minute,
  })
})

test('when a later part fails, what was renewed is given back to be persisted, and only the rest is asked again', async () => {
  const calls: string[] = []
  const failure = new Error('down')
  const auth = allOf(
    part('a', calls, { refresh: earns(calls, 'a', token('a2')) }),
    part('b', calls, { refresh: earns(calls, 'b', failure, failure, token('b2')) }),
    part('c', calls, { refresh: earns(calls, 'c', token('c2')) }),
  )
  const memory = new Map<string, unknown>()
  const first = (await auth.refresh?.(
    context([token('a1'), token('b1'), token('c1')], memory),
  )) as AllOfCredentials
  expect(first).toEqual({ parts: [token('a2'), token('b1'), token('c1')], expiresAt: now })
  await expect(auth.refresh?.(context([...first.parts], memory))).rejects.toBe(failure)
  expect(await auth.refresh?.(context([...first.parts], memory))).toEqual({
    parts: [token('a2'), token('b2'), token('c2')],
  })
  expect(calls.map((call) => call[0])).toEqual(['a', 'b', 'b', 'b', 'c'])
})

test('the first failure of all is the failure of the refresh', async () => {
  const failure = new Error('down')
  const auth = allOf(
    part('a', [], { refresh: async () => Promise.reject(failure) }),
    part('b', [], { refresh: async () => token('b2') }),
  )
  await expect(auth.refresh?.(context([token('a1'), token('b1')]))).rejects.toBe(failure)
})

test.each<[Verdict[], Verdict]>([
  [[undefined, undefined], undefined],
  [['retry', undefined], 'retry'],
  [['renew', 'retry'], 'renew'],
  [['renew', 'reconnect'], 'reconnect'],
])('of the verdicts %j the strongest is %s, at once or awaited', async (verdicts, strongest) => {
  const [first, second] = verdicts
  const inspecting = (later: boolean): AuthStrategy =>
    allOf(
      part('a', [], { inspect: () => first }),
      part('b', [], { inspect: () => (later ? Promise.resolve(second) : second) }),
    )
  expect(inspecting(false).inspect?.(response(200), context([null, null]))).toBe(strongest)
  const later = inspecting(true).inspect?.(response(200), context([null, null]))
  expect(later).toBeInstanceOf(Promise)
  expect(await later).toBe(strongest)
})

test('without inspect a 401 means renew for a part that earns something, and nothing for one that does not', () => {
  const auth = allOf(part('a', [], {}), part('b', [], { acquire: async () => token('b') }))
  expect(auth.inspect?.(response(401), context([null, token('b')]))).toBe('renew')
  expect(auth.inspect?.(response(403), context([null, token('b')]))).toBeUndefined()
  expect(
    allOf(part('a', [], {}), part('b', [], { inspect: () => undefined })).inspect?.(response(401), context()),
  ).toBeUndefined()
})

test('only the part whose credentials were rejected is renewed, and only while it still has them', async () => {
  const calls: string[] = []
  const names = ['a', 'b'] as const
  const [a, b] = names.map((name) =>
    part(name, calls, {
      refresh: earns(calls, name, token('new')),
      inspect: (answer) => (answer.headers.get('who') === name ? 'renew' : undefined),
    }),
  ) as [AuthStrategy, AuthStrategy]
  const auth = allOf(a, b)
  const memory = new Map<string, unknown>()
  const rejects = (who: string, parts: Credentials[]): unknown =>
    auth.inspect?.(new Response(null, { headers: { who } }), context(parts, memory))
  const old = [token('a1'), token('b1')]
  expect(rejects('b', old)).toBe('renew')
  expect(await auth.refresh?.(context(old, memory))).toEqual({ parts: [token('a1'), token('new')] })
  expect(calls.map((call) => call[0])).toEqual(['b'])
  // Another process has renewed b meanwhile: the rejection was of credentials that are gone.
  rejects('b', old)
  expect(await auth.refresh?.(context([token('a1', now), token('b9')], memory))).toEqual({
    parts: [token('new'), token('b9')],
  })
  expect(calls.map((call) => call[0])).toEqual(['b', 'a'])
})
