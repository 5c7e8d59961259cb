import type { AuthContext, CredentialContext, Credentials } from '../context.ts'
import { contextOf, memoryIn, type AllOfCredentials, type Part } from './part.ts'

type Context = AuthContext<Readonly<Record<string, unknown>>>

/** What ends this close to now is renewed along with what has ended, in milliseconds. */
const closeMs = 300_000

/** Credentials of all parts; they end when the first of them does, or at `until`. */
export function joined(parts: AllOfCredentials['parts'], until?: number): AllOfCredentials {
  const ends = [...parts.map((part) => part?.expiresAt), until].filter((end) => end !== undefined)
  return { parts, ...(ends.length > 0 && { expiresAt: Math.min(...ends) }) }
}

/** Earns the credentials of every part that can; undefined where one that needs a person could not. */
export async function acquireAll(parts: readonly Part[], c: Context): Promise<AllOfCredentials | undefined> {
  const all: (Credentials | null)[] = []
  for (const part of parts) {
    const own: unknown = await part.strategy.acquire?.(contextOf(part, c))
    if (own === undefined && part.strategy.authorize) return undefined
    all.push(own ?? null)
  }
  return all.some((own) => own !== null) ? joined(all) : undefined
}

/** Notes in memory that these credentials of a part were rejected. */
export function remember(
  part: Part,
  memory: Map<string, unknown>,
  credentials: Credentials | null | undefined,
): void {
  memoryIn(memory, 'rejected').set(part.name, JSON.stringify(credentials ?? null))
}

/**
 * Renews the parts whose time has come: those that were rejected and those that have ended; if there are none, those
 * that end within five minutes; if there are none of these either, all. Where one has been renewed and a later one fails,
 * gives what there is, ended now, so that the core persists it and asks again.
 */
export async function renewDue(
  parts: readonly Part[],
  c: CredentialContext<Readonly<Record<string, unknown>>, AllOfCredentials>,
): Promise<AllOfCredentials | undefined> {
  const all = parts.map((_, at) => c.credentials.parts[at] ?? null)
  const rejected = memoryIn(c.memory, 'rejected')
  const endsBy = (at: number, moment: number): boolean => (all[at]?.expiresAt ?? Infinity) <= moment
  const able = parts.flatMap(({ strategy }, at) =>
    (strategy.acquire ?? (all[at] && strategy.refresh)) ? [at] : [],
  )
  const now = c.now()
  const candidates = [
    able.filter(
      (at) =>
        all[at] === null ||
        endsBy(at, now) ||
        rejected.get((parts[at] as Part).name) === JSON.stringify(all[at]),
    ),
    able.filter((at) => endsBy(at, now + closeMs)),
    able,
  ]
  const due = candidates.find((each) => each.length > 0) ?? []
  const left = new Set(due)
  let renewed = false
  for (const at of due) {
    const part = parts[at] as Part
    try {
      const own = await renew(part, c, all[at])
      renewed ||= own !== undefined
      all[at] = own ?? all[at] ?? null
    } catch (failure) {
      if (!renewed) throw failure
      for (const each of left) remember(parts[each] as Part, c.memory, all[each])
      return joined(all, c.now())
    }
    left.delete(at)
    rejected.delete(part.name)
  }
  return renewed ? joined(all) : undefined
}

async function renew(
  part: Part,
  c: Context,
  old: Credentials | null | undefined,
): Promise<Credentials | undefined> {
  const { strategy } = part
  const fresh: unknown = old ? await strategy.refresh?.(contextOf(part, c, old)) : undefined
  return (fresh ?? (await strategy.acquire?.(contextOf(part, c)))) as Credentials | undefined
}
