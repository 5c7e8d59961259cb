// setTimeout takes a signed 32-bit number; above it fires at once.
const longest = 0x7fffffff

/** Calls `run` once after `ms` milliseconds, however many; returns what stops it. A background timer does not keep the process alive. */
export function after(ms: number, run: () => void, background = false): () => void {
  let timer: ReturnType<typeof setTimeout>
  const arm = (left: number): void => {
    timer = setTimeout(() => (left > longest ? arm(left - longest) : run()), Math.min(left, longest))
    if (background && typeof timer === 'object') timer.unref()
  }
  arm(Math.max(0, ms))
  return () => clearTimeout(timer)
}

/** Resolves after `ms` milliseconds, however many; rejects with the signal's reason when it aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      stop()
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a reason is the caller's own
      reject(signal?.reason)
    }
    const stop = after(ms, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    if (signal?.aborted === true) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}

/** A time limit under way. */
export interface Deadline {
  /** Aborts at the limit, or with the caller's signal and its reason. */
  readonly signal: AbortSignal
  /** True once the limit, not the caller, has ended it. */
  readonly expired: () => boolean
  /** Ends the timer; always call it. */
  readonly clear: () => void
}

// Timers fire before sockets are read after a pause: an answer may already lie in the kernel's buffer.
const late = 300
const grace = 1500

/**
 * A limit of `ms` milliseconds together with a caller's signal. When the timer fires more than 300 ms late (the
 * process was stopped) it is armed once more for 1,500 ms, so that an answer that has already arrived is read.
 */
export function deadline(ms: number, signal?: AbortSignal | null): Deadline {
  const controller = new AbortController()
  const due = performance.now() + ms
  let expired = false
  const end = (): void => {
    expired = true
    controller.abort(new DOMException('The time limit has passed.', 'TimeoutError'))
  }
  let stop = after(ms, () => {
    if (performance.now() - due > late) stop = after(grace, end)
    else end()
  })
  const abort = (): void => {
    stop()
    if (!expired) controller.abort(signal?.reason)
  }
  if (signal?.aborted === true) abort()
  else signal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    expired: () => expired,
    clear: () => {
      stop()
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** The promise's outcome, or the signal's reason if that comes first. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a reason is the caller's own
    abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort)
  }
}
