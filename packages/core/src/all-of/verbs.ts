import type { Credentials } from '../context.ts'
import type { Authorization, AuthStrategy, Verdict } from '../strategy.ts'
import { contextOf, type AllOfCredentials, type Part } from './part.ts'
import { acquireAll, joined, renewDue, remember } from './renew.ts'

type Verbs = Omit<AuthStrategy<Readonly<Record<string, unknown>>, AllOfCredentials>, 'scheme' | 'fields'>

/**
 * The verbs of several strategies as one's; a verb that no part has stays absent and keeps its meaning.
 * @throws {TypeError} where two parts need a person to sign in
 */
export function verbsOf(parts: readonly Part[]): Verbs {
  const having = (
    verb: 'acquire' | 'refresh' | 'inspect' | 'redact' | 'revoke' | 'authorize' | 'test',
  ): Part[] => parts.filter(({ strategy }) => strategy[verb] !== undefined)
  const [consent, second] = having('authorize')
  if (consent && second) {
    const both = `${consent.strategy.scheme} and ${second.strategy.scheme}`
    throw new TypeError(
      `allOf(): a person would have to sign in twice, for ${both}; only one part may have authorize`,
    )
  }
  const earns = having('acquire').length > 0
  const renews = having('refresh').length > 0 || (consent !== undefined && earns)
  const tested = having('test')[0]
  return {
    apply(request, c) {
      let wait: Promise<void> | undefined
      parts.forEach((part, at) => {
        const put = (): void | Promise<void> =>
          part.strategy.apply(request, contextOf(part, c, partsOf(c)[at]))
        // One after the other, and at once where nothing is to be waited for.
        wait = wait ? wait.then(put) : (put() ?? undefined)
      })
      return wait
    },
    // Without the person, what the others earn is of no use.
    ...(earns && (!consent || consent.strategy.acquire) && { acquire: (c) => acquireAll(parts, c) }),
    ...(renews && { refresh: (c) => renewDue(parts, c) }),
    ...((earns || renews || consent || having('inspect').length > 0) && { inspect: inspectAll(parts) }),
    ...(having('redact').length > 0 && {
      redact: (text, c) =>
        parts.reduce(
          (clean, part, at) => part.strategy.redact?.(clean, contextOf(part, c, partsOf(c)[at])) ?? clean,
          text,
        ),
    }),
    ...(having('revoke').length > 0 && { revoke: revokeAll(parts) }),
    ...(tested && {
      test: async (c) => {
        const more = c.baseUrl === undefined ? {} : { baseUrl: c.baseUrl }
        const credentials = (c.credentials as AllOfCredentials | undefined)?.parts[parts.indexOf(tested)]
        return tested.strategy.test?.(contextOf(tested, c, credentials, more))
      },
    }),
    ...(consent && { authorize: consentOf(parts, consent) }),
  }
}

/** Where nothing is ever earned there are no credentials at all. */
function partsOf({
  credentials,
}: {
  readonly credentials?: AllOfCredentials | undefined
}): AllOfCredentials['parts'] {
  return credentials?.parts ?? []
}

const strength: readonly Verdict[] = [undefined, 'retry', 'renew', 'reconnect']

function inspectAll(parts: readonly Part[]): NonNullable<Verbs['inspect']> {
  return (response, c) => {
    const verdicts = parts.map((part, at): Verdict | Promise<Verdict> => {
      const { strategy } = part
      if (strategy.inspect)
        return strategy.inspect(response, contextOf(part, c, partsOf(c)[at], { request: c.request }))
      const earns = (['acquire', 'refresh', 'authorize'] as const).some(
        (verb) => strategy[verb] !== undefined,
      )
      return response.status === 401 && earns ? 'renew' : undefined
    })
    const strongest = (all: readonly Verdict[]): Verdict => {
      all.forEach((verdict, at) => {
        if (verdict === 'renew') remember(parts[at] as Part, c.memory, partsOf(c)[at])
      })
      return strength[Math.max(...all.map((verdict) => strength.indexOf(verdict)))]
    }
    return verdicts.some((verdict) => verdict instanceof Promise)
      ? Promise.all(verdicts.map(async (verdict) => verdict)).then(strongest)
      : strongest(verdicts as Verdict[])
  }
}

function revokeAll(parts: readonly Part[]): NonNullable<Verbs['revoke']> {
  return async (c) => {
    const failures: unknown[] = []
    for (const [at, part] of parts.entries()) {
      const own = partsOf(c)[at]
      // One that cannot be ended does not keep the others alive.
      if (own)
        await part.strategy
          .revoke?.(contextOf(part, c, own))
          .catch((failure: unknown) => failures.push(failure))
    }
    if (failures.length > 0) throw failures[0]
  }
}

function consentOf(
  parts: readonly Part[],
  part: Part,
): Authorization<Readonly<Record<string, unknown>>, AllOfCredentials> {
  const consent = part.strategy.authorize as Authorization<unknown, unknown>
  return {
    begin: (c) => consent.begin(contextOf(part, c, null, { redirectUri: c.redirectUri, scopes: c.scopes })),
    async complete(c) {
      const { pending, callback, redirectUri } = c
      const answer: unknown = await consent.complete(
        contextOf(part, c, null, { pending, callback, redirectUri }),
      )
      const earned = answer as Credentials | undefined
      if (earned === undefined) return undefined
      // What a person signed in for is kept whatever happens: the rest is earned now, or by the next refresh.
      const all: (Credentials | null)[] = parts.map((each) => (each === part ? earned : null))
      for (const [at, other] of parts.entries()) {
        if (other === part || !other.strategy.acquire) continue
        try {
          const own: unknown = await other.strategy.acquire(contextOf(other, c))
          all[at] = own ?? null
        } catch {
          return joined(all, c.now())
        }
      }
      return joined(all)
    },
  }
}
