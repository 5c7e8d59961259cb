import { asDocumented } from './documented.ts'
import { readDefinition, type Foreign } from './definition.ts'
import { readFields } from './fields.ts'
import { patternOf, probe, stampsOf, variantsOf } from './probe.ts'
import { valuesFor } from './values.ts'

/** How many of the made-up settings each function is tried with. */
const mostCalls = 40

/**
 * The origins that a destination's own functions call, to be looked at and written into the option `origins`. Runs
 * `extendRequest`, `testAuthentication` and `refreshAccessToken` with made-up settings and a client that sends nothing;
 * what a function sends by other means (an SDK of a cloud, say) is sent. An address whose host a setting chooses as a
 * whole is not listed.
 * @throws {AuthError} definition_invalid as `fromSegment`
 */
export async function probeOrigins(destination: object): Promise<readonly string[]> {
  const definition = asDocumented(readDefinition(destination))
  const fields = readFields(definition, [], () => async () => [])
  const stamps = stampsOf(fields)
  const found = new Set(probe(definition, fields).origins)
  const request = (url: unknown): Promise<never> => {
    if (URL.canParse(String(url))) found.add(patternOf(String(url), stamps).origin)
    return Promise.reject(new Error('Nothing is sent.'))
  }
  const auth = { accessToken: 'a', refreshToken: 'r', clientId: 'c', clientSecret: 's' }
  for (const run of [definition.test, definition.refresh].filter((each) => each !== undefined)) {
    for (const settings of variantsOf(fields).slice(0, mostCalls))
      await attempt(run, [request, { settings: valuesFor(settings, fields), auth }])
  }
  return [...found].filter((origin) => origin !== undefined).sort()
}

async function attempt(run: Foreign, given: unknown[]): Promise<void> {
  try {
    await run(...given)
  } catch {
    // It ends where its first request is refused.
  }
}
