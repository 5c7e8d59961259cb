import { createHash } from 'node:crypto'

/** One of the things that may happen next. */
export interface Choice {
  readonly name: string
  readonly take: () => void
}

/** A run of a small world that can be begun again from nothing, and does the same under the same choices. */
export interface World {
  /** What may happen next; none: the run is over. Called once everything that can run by itself has run. */
  choices(): readonly Choice[]
  /** Everything that the future depends on: two worlds with equal states have equal futures. */
  state(): string
  /** Throws where an invariant does not hold; called after every step. */
  check(): void
  /** Throws where the end is not as it must be. */
  end(): void
}

export interface Explored {
  readonly runs: number
  readonly states: number
}

/** Lets all microtasks run, and what `setImmediate` has been asked for. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Every interleaving: takes each choice in each state that can be reached, once. A state that was met before is not gone
 * into again. An error is thrown with the choices that lead to it.
 */
export async function explore(begin: () => World): Promise<Explored> {
  const met = new Set<string>()
  const open: number[][] = [[]]
  let runs = 0
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    runs++
    const world = begin()
    const names: string[] = []
    try {
      await settle()
      for (let step = 0; ; step++) {
        if (step > 1000) throw new Error('it does not end')
        world.check()
        const choices = world.choices()
        if (choices.length === 0) {
          world.end()
          break
        }
        if (step >= path.length) {
          const state = createHash('sha256').update(world.state()).digest('base64url')
          if (met.has(state)) break
          met.add(state)
          for (let other = choices.length - 1; other > 0; other--) open.push([...path, other])
          path = [...path, 0]
        }
        const choice = choices[path[step] ?? 0]
        names.push(choice?.name ?? '')
        choice?.take()
        await settle()
      }
    } catch (error) {
      throw new Error(`after ${names.join(', ')}: ${String(error)}`, { cause: error })
    }
  }
  return { runs, states: met.size }
}
