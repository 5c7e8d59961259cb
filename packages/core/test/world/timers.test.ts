import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { abortable, after, deadline, sleep } from '../../src/world/timers.ts'

const reason = new Error('the caller left')
const day = 86_400_000

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

describe('after', () => {
  test('a wait of sixty days ends after sixty days and not at once', () => {
    const run = jest.fn()
    after(60 * day, run)
    jest.advanceTimersByTime(60 * day - 1)
    expect(run).toHaveBeenCalledTimes(0)
    jest.advanceTimersByTime(1)
    expect(run).toHaveBeenCalledTimes(1)
    expect(jest.getTimerCount()).toBe(0)
  })

  test('what it returns stops it, in a later stretch too', () => {
    const run = jest.fn()
    const stop = after(60 * day, run)
    jest.advanceTimersByTime(40 * day)
    stop()
    expect(jest.getTimerCount()).toBe(0)
    jest.advanceTimersByTime(40 * day)
    expect(run).toHaveBeenCalledTimes(0)
  })

  test('only a background timer lets the process end', () => {
    jest.useRealTimers()
    const set = jest.spyOn(globalThis, 'setTimeout')
    const stops = [after(1000, () => undefined), after(1000, () => undefined, true)]
    expect(set.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([true, false])
    for (const stop of stops) stop()
  })
})

describe('sleep', () => {
  test('rejects with the reason of the signal and leaves no timer', async () => {
    const controller = new AbortController()
    const asleep = sleep(1000, controller.signal)
    controller.abort(reason)
    await expect(asleep).rejects.toBe(reason)
    await expect(sleep(1000, controller.signal)).rejects.toBe(reason)
    expect(jest.getTimerCount()).toBe(0)
  })

  test('resolves after its time and lets go of the signal', async () => {
    const { signal } = new AbortController()
    const remove = jest.spyOn(signal, 'removeEventListener')
    const asleep = sleep(1000, signal)
    await jest.advanceTimersByTimeAsync(1000)
    await expect(asleep).resolves.toBeUndefined()
    expect(remove).toHaveBeenCalledTimes(1)
  })
})

describe('deadline', () => {
  test('aborts at its time', () => {
    const limit = deadline(1000)
    jest.advanceTimersByTime(999)
    expect([limit.signal.aborted, limit.expired()]).toEqual([false, false])
    jest.advanceTimersByTime(1)
    expect([limit.signal.aborted, limit.expired()]).toEqual([true, true])
    expect((limit.signal.reason as Error).name).toBe('TimeoutError')
  })

  test('a timer more than 300 ms late is armed once more for 1,500 ms, and only once', () => {
    const clock = jest.spyOn(performance, 'now')
    clock.mockReturnValueOnce(0).mockReturnValue(1301)
    const limit = deadline(1000)
    jest.advanceTimersByTime(1000)
    expect(limit.signal.aborted).toBe(false)
    clock.mockReturnValue(99_999)
    jest.advanceTimersByTime(1499)
    expect(limit.signal.aborted).toBe(false)
    jest.advanceTimersByTime(1)
    expect(limit.expired()).toBe(true)
  })

  test('a timer 300 ms late is on time', () => {
    jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(1300)
    const limit = deadline(1000)
    jest.advanceTimersByTime(1000)
    expect(limit.expired()).toBe(true)
  })

  test('clear ends the timer that was armed again', () => {
    jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(5000)
    const limit = deadline(1000)
    jest.advanceTimersByTime(1000)
    limit.clear()
    expect(jest.getTimerCount()).toBe(0)
  })

  test('takes over the reason of a caller, who has not expired it', () => {
    const controller = new AbortController()
    const limit = deadline(1000, controller.signal)
    controller.abort(reason)
    expect([limit.signal.reason, limit.expired()]).toEqual([reason, false])
    expect(deadline(1000, controller.signal).signal.reason).toBe(reason)
    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('abortable', () => {
  test('gives the outcome of the promise and lets go of the signal', async () => {
    const { signal } = new AbortController()
    const remove = jest.spyOn(signal, 'removeEventListener')
    await expect(abortable(Promise.resolve(1), signal)).resolves.toBe(1)
    await expect(abortable(Promise.reject(reason), signal)).rejects.toBe(reason)
    expect(remove).toHaveBeenCalledTimes(2)
  })

  test('rejects with the reason while the promise is still waiting', async () => {
    const controller = new AbortController()
    const waiting = abortable(new Promise(() => undefined), controller.signal)
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(abortable(new Promise(() => undefined), controller.signal)).rejects.toBe(reason)
  })
})
