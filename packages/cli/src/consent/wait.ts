import { cancelled } from '../output/failure.ts'
import type { Terminal } from '../terminal.ts'

/**
 * Does what waits for a person; Ctrl-C ends it with `cancelled()`. Every wait of `run` takes the signal, which aborts when
 * `run` has ended in any way, so that no timer outlives it.
 */
export async function untilEnded<T>(
  { onInterrupt }: Terminal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController()
  let release: (() => void) | undefined
  const interrupted = new Promise<never>((_, reject) => {
    release = onInterrupt(() => reject(cancelled()))
  })
  try {
    return await Promise.race([run(end.signal), interrupted])
  } finally {
    release?.()
    end.abort(cancelled())
  }
}

/** `9:05` of what is left, in minutes and seconds. */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
