import { expect } from '@jest/globals'
import { acmeProvider, asModules, canaries, linkIn, operator, type Asked } from './provider.ts'
import { machine, type Machine, type World } from './support.ts'

/** A wait of minutes does not end by itself; one of seconds takes no time. */
const patient = async (ms: number): Promise<void> => {
  if (ms > 60_000) await new Promise(() => undefined)
}

export type Visit = Promise<{ status: number; headers: Headers; text: string }>

/** What a browser does at the end of a consent. */
export const visit = async (address: string | URL, init?: RequestInit): Visit => {
  const response = await fetch(address, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** A machine, whose person does as `follow` says with the link that is printed. */
export const here = (
  follow: (asked: Asked) => unknown,
  { provider = acmeProvider(), ...world }: World & { provider?: ReturnType<typeof acmeProvider> } = {},
): Machine =>
  machine({
    modules: asModules,
    env: operator,
    fetch: provider.fetch,
    sleep: patient,
    reads: (text) => {
      const asked = linkIn(text)
      if (asked !== undefined) void follow(asked)
    },
    ...world,
  })

export const back = ({ redirectUri, state }: Asked, parameters: Record<string, string>): URL =>
  new URL(`${redirectUri}?${new URLSearchParams({ state, ...parameters }).toString()}`)

/** A person who agrees. */
export const agreeing =
  (provider: ReturnType<typeof acmeProvider>, visits: Visit[] = []) =>
  (asked: Asked): unknown => {
    provider.agree(asked)
    return visits.push(visit(back(asked, { code: canaries.code })))
  }

const secrets = Object.values(canaries)
export const showsNothing = (at: Machine, more: readonly string[]): void => {
  for (const secret of [...secrets, ...more]) expect(at.printed()).not.toContain(secret)
}
