import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./worker.mjs', import.meta.url))

/** A crew of worker processes that is kept at its size, and a log of what was done to whom and when. */
export const startCrew = (size, given, skews = []) => {
  const kills = []
  const stalls = []
  const crew = new Set()
  const totals = { started: 0, accepted: 0, requests: 0, errors: {}, rss: [] }
  let ending = false
  const last = new Map()

  const settle = (pid) => {
    const report = last.get(pid)
    last.delete(pid)
    if (report === undefined) return
    totals.requests += report.requests
    totals.accepted += report.accepted
    for (const [code, count] of Object.entries(report.errors))
      totals.errors[code] = (totals.errors[code] ?? 0) + count
  }

  const start = () => {
    const skewMs = skews.length === 0 ? 0 : skews[totals.started % skews.length]
    const child = fork(script, {
      env: { ...process.env, LATCHKEY_FAULTS: JSON.stringify({ ...given, skewMs }) },
    })
    totals.started++
    crew.add(child)
    child.on('message', (message) => {
      if (message.ready) {
        child.ready = true
        return
      }
      last.set(child.pid, message)
      totals.rss.push({ at: Date.now(), pid: child.pid, bytes: message.rss })
    })
    child.once('exit', () => {
      settle(child.pid)
      crew.delete(child)
      if (!ending) start()
    })
    return child
  }
  for (let n = 0; n < size; n++) start()

  const pick = () => {
    const ready = [...crew].filter((child) => child.ready && !child.still && !child.leaving)
    return ready[Math.floor(Math.random() * ready.length)]
  }

  return {
    kills,
    stalls,
    totals,
    size: () => crew.size,
    /** SIGKILL: no farewell. */
    kill: () => {
      const child = pick()
      if (child === undefined) return
      child.leaving = true
      kills.push({ pid: child.pid, at: Date.now() })
      child.kill('SIGKILL')
    },
    /** SIGTERM: finishes what is under way. */
    drain: () => {
      const child = pick()
      if (child === undefined) return
      child.leaving = true
      child.kill('SIGTERM')
    },
    /** SIGSTOP, and SIGCONT after so many milliseconds. */
    stall: (ms) => {
      const child = pick()
      if (child === undefined) return
      child.still = true
      const stall = { pid: child.pid, from: Date.now(), until: undefined }
      stalls.push(stall)
      child.kill('SIGSTOP')
      setTimeout(() => {
        child.kill('SIGCONT')
        child.still = false
        stall.until = Date.now()
      }, ms)
    },
    end: async () => {
      ending = true
      const all = [...crew]
      for (const child of all) {
        child.kill('SIGCONT')
        child.kill('SIGTERM')
      }
      const gone = Promise.all(all.map((child) => new Promise((resolve) => child.once('exit', resolve))))
      const limit = new Promise((resolve) => setTimeout(resolve, 30_000, 'late').unref())
      if ((await Promise.race([gone, limit])) === 'late') {
        for (const child of crew) child.kill('SIGKILL')
        throw new Error('workers did not end within 30 s of SIGTERM')
      }
    },
  }
}
