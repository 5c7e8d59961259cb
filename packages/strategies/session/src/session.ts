import { isAuthError, type AuthContext, type AuthStrategy, type Strategy } from '@latchkey/core'
import { base64urlEncode, statusOf } from '@latchkey/core/http'
import { extended, learn, listens, use } from './live.ts'
import { continued, logIn, tell } from './login.ts'
import type { Completed, SessionCredentials, SessionFields, SessionOptions } from './options.ts'
import { planOf, type Plan } from './plan.ts'
import type { Context, Values } from './request.ts'

/**
 * Logs in once, uses what came back, and logs in again when it ends or is rejected.
 * @throws {TypeError} that names an option that cannot work
 */
export function session<const F extends SessionFields>(
  options: SessionOptions<F>,
): Strategy<Completed<NoInfer<F>>, SessionCredentials> {
  const plan = planOf(options as unknown as SessionOptions<SessionFields>)
  const { title, description, helpUrl, schema, baseUrl, origins, test } = plan
  const about = { title, description, helpUrl, schema, baseUrl, origins, ...(test && { test }) }
  const common = { ...about, scheme: 'session', fields: plan.fields }
  const strategy = plan.perRequest === true ? perRequest(plan) : kept(plan)
  return { ...common, ...strategy } as AuthStrategy as Strategy<Completed<NoInfer<F>>, SessionCredentials>
}

type Verbs = Omit<AuthStrategy<Values, SessionCredentials>, 'scheme' | 'fields'>

function kept(plan: Plan): Verbs {
  const { refresh, logout, sliding, given } = plan
  const renews = refresh !== undefined || sliding === true || given !== undefined
  return {
    acquire: async (c) => (await givenSession(plan, c)) ?? (await logIn(plan, c)),
    ...(renews && {
      async refresh(c: AuthContext<Values> & { readonly credentials: SessionCredentials }) {
        const same = extended(plan, c)
        if (same !== undefined) return same
        // What was given on the form has been rejected; asking for it again would change nothing.
        if (c.credentials.given) return logIn(plan, c)
        return refresh && (await unlessRejected(continued(plan, refresh, c, c.credentials)))
      },
    }),
    apply: (request, c) => use(plan, request, c),
    ...(listens(plan) && {
      inspect: (response, c) => learn(plan, response, c),
    }),
    ...(logout && {
      async revoke(c: AuthContext<Values> & { readonly credentials: SessionCredentials }) {
        // A session that has ended already is as good as ended now.
        await unlessRejected(tell(plan, logout, c, c.credentials), [404, 410])
      },
    }),
  }
}

function perRequest(plan: Plan): Verbs {
  return {
    apply: async (request, c) =>
      use(plan, request, Object.assign(Object.create(c) as typeof c, { credentials: await logIn(plan, c) })),
  }
}

/** What the person has given, if there is all of it and the API takes it. */
async function givenSession(plan: Plan, c: Context): Promise<SessionCredentials | undefined> {
  const { given, check } = plan
  if (given === undefined) return undefined
  const pairs = Object.entries(given).map(([name, field]) => [name, c.settings[field]] as const)
  if (pairs.some(([, value]) => value === undefined || value === '')) return undefined
  const values = Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]))
  plan.checkValues({ ...c.settings, ...values })
  const credentials = { values, id: base64urlEncode(c.random(9)), given: true } as const
  if (check === undefined) return credentials
  return unlessRejected(tell(plan, check, c, credentials).then(() => credentials))
}

/** Undefined where the provider says no; every other failure is one. */
async function unlessRejected<T>(call: Promise<T>, also: readonly number[] = []): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (isAuthError(error) && (error.code === 'credentials_rejected' || also.includes(statusOf(error) ?? 0)))
      return undefined
    throw error
  }
}
