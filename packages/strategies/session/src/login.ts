import { base64urlEncode, expiryOf, expiryOfJwt } from '@latchkey/core/http'
import { openJar, type Jar } from './jar.ts'
import { absent, judge } from './judge.ts'
import type { Answer, Expires, LoginRequest, SessionCredentials, Take } from './options.ts'
import type { Plan } from './plan.ts'
import { build, send, type Context } from './request.ts'
import { answerOf, taken } from './take.ts'

type Values = Readonly<Record<string, string>>

/** How far a row of requests has come. */
interface State {
  readonly values: Values
  readonly jar: Jar
  readonly expiresAt?: number | undefined
}

/** Runs requests in a row, each with what those before it gave. */
async function run(plan: Plan, requests: readonly LoginRequest[], c: Context, start: State): Promise<State> {
  let state = start
  for (const request of requests) state = await step(plan, request, c, state)
  return state
}

async function step(
  plan: Plan,
  request: LoginRequest,
  c: Context,
  { values, jar, expiresAt }: State,
): Promise<State> {
  const { take = {}, rules = [], auth } = request
  const make = () => {
    const made = build(request, { ...c.settings, ...values }, plan.isOptional)
    const cookie = jar.header(made.url.href, c.now())
    if (cookie !== '' && !made.headers.has('cookie')) made.headers.set('cookie', cookie)
    return made
  }
  // What a redirect sets would be lost where it leads.
  const stops = plan.keepsCookies || Object.values(take).some((each) => 'cookie' in each || 'header' in each)
  const { response, url } = await send(make, auth, c, stops ? 'manual' : 'follow')
  const answer = await answerOf(response)
  const mayLack = judge(response, answer, rules, c.now())
  jar.learn(answer.headers, url, c.now())
  const found: Record<string, string> = {}
  for (const [name, each] of Object.entries(take)) {
    const value = taken(each, answer)
    if (value !== undefined) found[name] = value
    else if (!mayLack && each.optional !== true) throw absent(name, answer, isReadable(each, answer))
  }
  const all = { ...values, ...found }
  return { values: all, jar, expiresAt: endOf(plan.expires, answer, all, jar, url, c.now()) ?? expiresAt }
}

/** Whether the answer is of the form that a value would be taken from. */
function isReadable(take: Take, { json, text }: Answer): boolean {
  return 'json' in take ? json !== undefined : !('xml' in take) || text.trimStart().startsWith('<')
}

/** When a session ends that begins with this answer; undefined: it does not say. */
function endOf(
  expires: Expires | undefined,
  answer: Answer,
  values: Values,
  jar: Jar,
  url: string,
  now: number,
): number | undefined {
  if (typeof expires === 'number') return now + expires
  if (typeof expires === 'string') return expiryOf(expires, now, 'duration')
  if (expires === undefined) return undefined
  if ('jwt' in expires) return expiryOfJwt(values[expires.jwt])
  if ('cookieEnd' in expires) return jar.endOf(expires.cookieEnd, url)
  return expiryOf(taken(expires, answer), now, expires.format)
}

/** Logs in. */
export async function logIn(plan: Plan, c: Context): Promise<SessionCredentials> {
  const { login } = plan
  if (typeof login !== 'function')
    return credentialsOf(plan, c, await run(plan, login, c, { values: {}, jar: openJar() }))
  const { values, expiresAt } = await login(c as never)
  const silent: Answer = { status: 200, headers: new Headers(), text: '', json: undefined }
  const end = expiresAt ?? endOf(plan.expires, silent, values, openJar(), 'https://login.invalid/', c.now())
  return credentialsOf(plan, c, { values, jar: openJar(), expiresAt: end })
}

/** Asks with what a session has for what continues it. */
export async function continued(
  plan: Plan,
  request: LoginRequest,
  c: Context,
  { values, cookies }: SessionCredentials,
): Promise<SessionCredentials> {
  return credentialsOf(plan, c, await run(plan, [request], c, { values, jar: openJar(cookies) }))
}

/** Sends a request of which only the status matters. */
export async function tell(
  plan: Plan,
  request: LoginRequest,
  c: Context,
  { values, cookies }: SessionCredentials,
): Promise<void> {
  await run(plan, [request], c, { values, jar: openJar(cookies) })
}

/** What is stored of a session. @throws {AuthError} response_invalid for a value that cannot be sent where it is used */
export function credentialsOf(plan: Plan, c: Context, { values, jar, expiresAt }: State): SessionCredentials {
  plan.checkValues({ ...c.settings, ...values })
  const id = base64urlEncode(c.random(9))
  return {
    values,
    id,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(plan.keepsCookies && { cookies: jar.save() }),
    ...(plan.sliding && expiresAt !== undefined && { idleMs: expiresAt - c.now() }),
  }
}
