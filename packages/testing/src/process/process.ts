import { execFileSync, fork, type ForkOptions } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { StoreDriver } from '@latchkey/core'
import type { StoreProcess } from '../store/process.ts'
import type { Answer, Call } from './serve.ts'

/**
 * Starts a module that calls `serveStore`, as a process of its own, for the `spawn` of `testStore`. Works on Linux and
 * macOS. `given` is in its `process.argv`; it ends with the test, or by `signal('SIGKILL')`.
 * @throws {Error} the process ends before it listens
 */
export async function storeProcess(
  module: string,
  given: readonly string[] = [],
  options: ForkOptions = {},
): Promise<StoreProcess> {
  const child = fork(module, [...given], { execArgv: [], serialization: 'advanced', ...options })
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const gone = once(child, 'exit')
  let last = 0

  child.on('message', (answer: Answer) => {
    const call = calls.get(answer.id)
    calls.delete(answer.id)
    if ('error' in answer) call?.reject(Object.assign(new Error(answer.error.message), answer.error))
    else call?.resolve(answer.value)
  })
  child.on('exit', () => {
    for (const { reject } of calls.values()) reject(new Error('The process ended before it answered.'))
    calls.clear()
  })
  await new Promise<unknown>((resolve, reject) => calls.set(last, { resolve, reject }))

  const ask =
    (method: keyof StoreDriver) =>
    (...given: readonly unknown[]): Promise<never> =>
      new Promise((resolve, reject) => {
        const id = ++last
        calls.set(id, { resolve: resolve as (value: unknown) => void, reject })
        child.send({ id, method, given } satisfies Call, (error) => {
          if (error && calls.delete(id)) reject(error)
        })
      })

  return {
    driver: {
      read: ask('read'),
      create: ask('create'),
      acquire: ask('acquire'),
      commit: ask('commit'),
      release: ask('release'),
      delete: ask('delete'),
      list: ask('list'),
      due: ask('due'),
      now: ask('now'),
      close: ask('close'),
    },
    async signal(name) {
      child.kill(name)
      if (name === 'SIGKILL') await gone
      // The signal is on its way when kill returns: only the system's own word says that the process stands still.
      else while (isStill(child.pid) !== (name === 'SIGSTOP')) await new Promise((go) => setImmediate(go))
    },
  }
}

const isStill = (pid: number | undefined): boolean => {
  const state =
    process.platform === 'linux'
      ? // proc(5): the third word, after the name in brackets, which may hold anything.
        readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')
      : execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })
  return state.startsWith('T')
}
