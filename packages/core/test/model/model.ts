import { memoryStore, type Credentials, type StoredRecord, type StoreDriver } from '@latchkey/core'
import type { Choice } from './explore.ts'
import { provider, type Provider } from './provider.ts'

export interface Token extends Credentials {
  readonly access: string
  readonly refreshToken: string
  readonly expiresAt: number
}

/** What may go wrong, and how often in one run. */
export interface Faults {
  /** A process dies: what it has sent may still be done, now, later or never, but nothing comes back. */
  readonly crashes?: number
  /** An answer of the provider is lost, after or before the provider acts. */
  readonly lost?: number
  /** The clock jumps ahead by so much while something is under way: a process was stopped, or an answer was slow. */
  readonly stalls?: readonly number[]
  /** A person signs in anew, or removes the connection. */
  readonly interference?: 'reconnect' | 'delete'
}

export interface Setting {
  readonly faults?: Faults
  /** For so long a used token gives its child again; absent: its use ends the family. */
  readonly graceMs?: number
  /** Breaks the store, to see that the check bites. */
  readonly flaw?: (driver: StoreDriver) => Partial<StoreDriver>
}

/** Something under way: a step of the store, a request, an answer on its way back, a sleep. */
export interface Pending extends Choice {
  readonly worker: number
  readonly kind: 'store' | 'request' | 'answer' | 'sleep' | 'stray'
  /** A stray request is worked on no longer than this. */
  readonly until?: number
  /** Another end of a request that is under way already. */
  readonly other?: boolean
}

export const start = 1_749_988_800_000
export const pollMs = 20_000
/** As long as a provider works on a request at most, and as long as a token is left alone after an unknown outcome. */
export const processingMs = 30_000
/** A lease (the request's 15 s and 10 s to write) and what is left of the wait after it. */
export const deadMs = 45_000

/** Everything that two processes, their store and their provider are in one moment. */
export interface Model {
  now: number
  readonly records: Map<string, StoredRecord>
  readonly store: StoreDriver
  readonly server: Provider
  readonly left: { crashes: number; lost: number; readonly stalls: number[] }
  interference: Faults['interference']
  pending: readonly Pending[]
  readonly logs: readonly [string[], string[]]
  readonly dead: Set<number>
  readonly ended: Map<number, string>
  /** Access tokens that were in the store at some time. */
  readonly persisted: Set<string>
  /** Requests by the token that they present; `openUntil`: until when the provider may be at it. */
  readonly requests: { readonly token: string; openUntil: number }[]
  /** Tokens whose child was persisted. */
  readonly children: Set<string>
  readonly problems: string[]
  /** True once something fell into the window in which a strict provider's child cannot be had. */
  exposed: boolean
}

export function createModel({ faults = {}, graceMs, flaw }: Setting): Model {
  const records = new Map<string, StoredRecord>()
  const memory = memoryStore({ records, now: () => model.now })
  const model: Model = {
    now: start,
    records,
    store: { ...memory, ...flaw?.(memory) },
    server: provider('r0', () => model.now, graceMs),
    left: { crashes: faults.crashes ?? 0, lost: faults.lost ?? 0, stalls: [...(faults.stalls ?? [])] },
    interference: faults.interference,
    pending: [],
    logs: [[], []],
    dead: new Set(),
    ended: new Map(),
    persisted: new Set(['a0']),
    requests: [],
    children: new Set(),
    problems: [],
    exposed: false,
  }
  const row = { key: 'k', version: 1, createdAt: start, updatedAt: start }
  records.set('k', { ...recordOf('g', 'r0', start - 1), ...row })
  return model
}

export function tokenOf(refreshToken: string, expiresAt: number): Token {
  return { access: `a${refreshToken.slice(1)}`, refreshToken, expiresAt }
}

export function recordOf(grant: string, refreshToken: string, expiresAt: number) {
  return {
    grant,
    connector: 'model',
    scheme: 'model',
    settings: {},
    credentials: { ...tokenOf(refreshToken, expiresAt) },
    expiresAt,
    issuedAt: start - 3_600_000,
  }
}

/** The token in the store. */
export function heldIn({ records }: Model): Token | undefined {
  return records.get('k')?.credentials as Token | undefined
}

/** Puts something under way; taking it ends it. */
export function add(model: Model, entry: Omit<Pending, 'take'>, run: () => void): void {
  const own: Pending = {
    ...entry,
    take: () => {
      model.pending = model.pending.filter((other) => other !== own)
      run()
    },
  }
  model.pending = [...model.pending, own]
}

/** An answer on its way back; nothing comes back to the dead. */
export function answer(model: Model, worker: number, name: string, run: () => void): void {
  if (!model.dead.has(worker))
    add(model, { worker, kind: 'answer', name: `${worker} learns of ${name}` }, run)
}
