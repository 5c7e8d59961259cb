import { AuthError, connect, defineStrategy, type Connection, type StoreDriver } from '@latchkey/core'
import { add, answer, heldIn, pollMs, processingMs, tokenOf, type Model, type Token } from './model.ts'

/** Each step of the store is done when the scheduler says so, and learnt of later. */
function driverOf(model: Model, worker: number): StoreDriver {
  const { store, logs } = model
  const step = <T>(name: string, act: () => Promise<T>): Promise<T> =>
    new Promise((resolve) => {
      add(model, { worker, kind: 'store', name: `${worker} ${name}` }, () => {
        void act().then((result) => {
          const held = heldIn(model)
          if (held) model.persisted.add(held.access)
          for (const [used, { child }] of model.server.state.used)
            if (child === held?.refreshToken) model.children.add(used)
          logs[worker]?.push(`${name} ${JSON.stringify(result)}`)
          answer(model, worker, name, () => resolve(result))
        })
      })
    })
  return {
    ...store,
    read: (key) => step('read', () => store.read(key)),
    create: (key, given) => step('create', () => store.create(key, given)),
    acquire: (key, claim) => step('acquire', () => store.acquire(key, claim)),
    commit: (key, change) => step('commit', () => store.commit(key, change)),
    release: (key, end) => step('release', () => store.release(key, end)),
  }
}

/** A request for a token: answered, or its answer is lost after or before the provider has acted. */
function trade(model: Model, worker: number, used: string): Promise<Token> {
  const { requests, problems, left, logs } = model
  return new Promise((resolve, reject) => {
    if (requests.some(({ token, openUntil }) => token === used && openUntil > model.now))
      problems.push(`I1: ${used} is in two requests at once`)
    if (model.children.has(used) && !model.exposed)
      problems.push(`I2: ${used} is presented again although its child is in the store`)
    const request = { token: used, openUntil: model.now + processingMs }
    requests.push(request)
    const act = (): string | undefined => {
      request.openUntil = 0
      return model.server.trade(used)
    }
    const lose = (): void => {
      left.lost--
      model.exposed = true
      logs[worker]?.push(`lost ${used}`)
      const lost = new AuthError('provider_unavailable', 'lost', { ambiguous: true })
      answer(model, worker, 'a lost answer', () => reject(lost))
    }
    const name = `${worker} trades ${used}`
    add(model, { worker, kind: 'request', name }, () => {
      const child = act()
      logs[worker]?.push(`traded ${used} for ${child}`)
      answer(model, worker, 'the trade', () => {
        if (child === undefined) reject(new AuthError('credentials_rejected', 'invalid_grant'))
        else resolve(tokenOf(child, model.now + 3_600_000))
      })
    })
    if (left.lost === 0) return
    add(model, { worker, kind: 'request', other: true, name: `${name}, answer lost` }, () => {
      act()
      lose()
    })
    add(model, { worker, kind: 'request', other: true, name: `${name}, timed out` }, () => {
      const until = model.now + processingMs
      add(model, { worker, kind: 'stray', name: `stray ${used}`, until }, act)
      lose()
    })
  })
}

/** A process that asks once for a good access token. */
export function run(model: Model, worker: number): void {
  let drawn = worker * 1000
  const auth = defineStrategy<Token>()({
    scheme: 'model',
    fields: {},
    apply: () => undefined,
    refresh: (c) => trade(model, worker, c.credentials.refreshToken),
  })
  const connection: Connection<Token> = connect(auth, {
    settings: {},
    key: 'k',
    origins: ['https://api.example.com'],
    store: driverOf(model, worker),
    now: () => model.now,
    sleep: () =>
      new Promise((resolve) => {
        add(model, { worker, kind: 'sleep', name: `${worker} wakes` }, () => {
          model.now += pollMs
          resolve()
        })
      }),
    random: (length) => Uint8Array.from({ length }, () => ++drawn % 256),
  })
  connection.credentials().then(
    ({ access }) => {
      if (!model.persisted.has(access)) model.problems.push(`I3: ${access} is used before it is in the store`)
      model.ended.set(worker, access)
    },
    (error: unknown) => model.ended.set(worker, (error as AuthError).code),
  )
}
