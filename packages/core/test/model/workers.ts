import type { Choice, World } from './explore.ts'
import {
  add,
  createModel,
  deadMs,
  heldIn,
  processingMs,
  recordOf,
  type Faults,
  type Model,
  type Pending,
  type Setting,
} from './model.ts'
import { run } from './worker.ts'

/** Two processes whose access token has ended, each asking once for a good one, over one store and one provider. */
export function workers(setting: Setting): World {
  const model = createModel(setting)
  run(model, 0)
  run(model, 1)
  return {
    choices: () => choicesOf(model),
    state: () =>
      JSON.stringify([
        model.now,
        [...model.records.values()],
        [model.server.state.live, ...model.server.state.used],
        model.requests,
        model.logs,
        model.pending.map(({ name, kind, until }) => [name, kind, until]),
        [...model.dead],
        [...model.ended],
        [model.left, model.interference, model.exposed],
      ]),
    check() {
      const [first] = model.problems
      if (first !== undefined) throw new Error(first)
    },
    end: () => checkEnd(model, setting),
  }
}

function choicesOf(model: Model): Choice[] {
  const { pending, dead, ended, left } = model
  const acts = pending.filter(({ kind }) => kind !== 'sleep' && kind !== 'stray')
  const strays = pending.filter(({ kind, until }) => kind === 'stray' && (until ?? 0) > model.now)
  // Time passes for who sleeps once nothing else happens; that it may pass meanwhile is what stalls are for.
  const running = acts.length > 0 ? acts : pending.filter(({ kind }) => kind === 'sleep')
  const alive = [0, 1].filter((worker) => !dead.has(worker) && !ended.has(worker))
  return [
    ...[...running, ...strays].map((entry) => chosen(model, entry)),
    ...(left.crashes > 0 ? alive.map((worker) => death(model, worker)) : []),
    ...(left.stalls.length > 0 && acts.length > 0 ? [stall(model)] : []),
    ...(model.interference && alive.length > 0 ? [interfere(model, model.interference)] : []),
  ]
}

/** The ends of one request exclude each other. */
function chosen(model: Model, { name, kind, worker, take }: Pending): Choice {
  return {
    name,
    take: () => {
      take()
      if (kind === 'request')
        model.pending = model.pending.filter((entry) => entry.kind !== 'request' || entry.worker !== worker)
    },
  }
}

/** Whether a process has sent a token whose child is not in the store. */
function isExposed(model: Model, worker: number): boolean {
  const { live } = model.server.state
  return (
    model.pending.some((entry) => entry.worker === worker && entry.kind === 'request') ||
    (live !== undefined && heldIn(model)?.refreshToken !== live)
  )
}

/** What it has sent is done, now, later or never; what it was told is lost with it. */
function death(model: Model, worker: number): Choice {
  return {
    name: `${worker} dies`,
    take: () => {
      model.left.crashes--
      model.exposed ||= isExposed(model, worker)
      model.dead.add(worker)
      const own = model.pending.filter((entry) => entry.worker === worker && entry.kind !== 'stray')
      model.pending = model.pending.filter((entry) => !own.includes(entry))
      for (const { kind, other, name, take } of own) {
        if ((kind === 'request' || kind === 'store') && !other)
          add(model, { worker, kind: 'stray', name, until: model.now + processingMs }, take)
      }
    },
  }
}

/** The clock jumps. Who stands still longer than lease and wait together is as good as dead, until it writes. */
function stall(model: Model): Choice {
  const [jump = 0, ...rest] = model.left.stalls
  return {
    name: `stall of ${jump} ms`,
    take: () => {
      if (jump > deadMs) model.exposed ||= isExposed(model, 0) || isExposed(model, 1)
      model.left.stalls.splice(0, Infinity, ...rest)
      model.now += jump
    },
  }
}

function interfere(model: Model, name: NonNullable<Faults['interference']>): Choice {
  return {
    name,
    take: () => {
      model.interference = undefined
      const parent = model.records.get('k')
      if (name === 'delete') void model.store.delete('k')
      else if (parent)
        void model.store.commit('k', { parent, record: recordOf('g2', 'n0', model.now + 3_600_000) })
      model.persisted.add('an0')
    },
  }
}

function checkEnd(model: Model, { faults = {}, graceMs }: Setting): void {
  const { records, server, ended, requests, dead, left } = model
  const row = records.get('k')
  const held = heldIn(model)
  const outcomes = [...ended.values()]
  const result = {
    held: held?.refreshToken,
    live: server.state.live,
    outcomes,
    requests: requests.length,
  }
  const must = (holds: boolean, law: string): void => {
    if (!holds) throw new Error(`${law}: ${JSON.stringify(result)}`)
  }
  if (faults.interference !== undefined && model.interference === undefined) {
    if (faults.interference === 'delete')
      must(row?.grant !== 'g' && held === undefined, 'I10: nothing of a removed connection survives')
    else
      must(
        row?.grant === 'g2' && held?.refreshToken === 'n0',
        'I10: nothing of an old grant survives a new one',
      )
  } else if (!model.exposed) {
    must(held?.refreshToken === server.state.live, 'I5: what the provider gave is in the store')
    must(row?.failure === undefined, 'I5: a success beats what was said of its parent')
    // Who waited longer than callers have patience, because the clock jumped, is told to try again.
    const late = left.stalls.length < (faults.stalls?.length ?? 0)
    must(
      outcomes.length === 2 - dead.size &&
        outcomes.every((each) => each === held?.access || (late && each === 'provider_unavailable')),
      'I8: who lives has the new token',
    )
    if (dead.size === 0 && !late) must(requests.length === 1, 'I9: one request for all')
    must(requests.length <= 1, 'I9: never two requests')
  } else if (graceMs !== undefined) must(server.state.live !== undefined, 'nothing is lost within the grace')
}
