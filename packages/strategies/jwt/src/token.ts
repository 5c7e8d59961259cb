import { AuthError, type CredentialContext, type OutgoingRequest, type Verdict } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { hexEncode, learnTime, redact, serverNow } from '@latchkey/core/http'
import { speaksOfRequest, timesOf } from './claims.ts'
import { signerFor, type Signer } from './key.ts'
import type { Plan } from './plan.ts'
import { requestValues } from './request.ts'

type Context = CredentialContext<Readonly<Record<string, unknown>>, undefined>
type Later<T> = T | Promise<T>

/** What a connection remembers; all of it belongs to one form, and goes with it. */
interface Memory {
  readonly settings: unknown
  signer?: Later<Signer> | undefined
  token?: { readonly text: Later<string>; readonly from: number; readonly until: number } | undefined
}

const longestMarginMs = 60_000
/** A `Date` is in whole seconds, and takes its time on the way. */
const noticeableMs = 5_000
/** No clock is wrong by more; an API that says so must not get tokens for another year. */
const largestOffsetMs = 86_400_000

/** The token for a request: the one that is held, where it is still good, else a new one. */
export function tokenFor(plan: Plan, request: OutgoingRequest, c: Context): Later<string> {
  const memory = memoryOf(c)
  if (plan.perRequest) return signed(plan, memory, c, request)
  const now = c.now()
  const { token } = memory
  if (token !== undefined && now >= token.from && now < token.until) return token.text
  const text = signed(plan, memory, c, undefined)
  const until = now + plan.lifetimeMs - Math.min(longestMarginMs, plan.lifetimeMs / 5)
  const held = (memory.token = { text, from: now, until })
  const settle = (late?: string): void => {
    if (memory.token === held) memory.token = late === undefined ? undefined : { ...held, text: late }
  }
  if (text instanceof Promise) text.then(settle, () => settle())
  return text
}

/**
 * Learns from a rejection how far the API's clock is from ours, and gives up a token that was used before: one that is
 * signed anew may be accepted, where the API refuses a `jti` that it has seen, say.
 */
export function learnOffset(plan: Plan, response: Response, c: Context): Verdict {
  if (response.status !== 401 && response.status !== 403) return undefined
  const memory = memoryOf(c)
  const date = Date.parse(response.headers.get('date') ?? '')
  const isOff = Math.abs(date - c.now()) <= largestOffsetMs && learnTime(date, c, noticeableMs)
  const { token } = memory
  const isOld = !plan.perRequest && token !== undefined && c.now() - token.from >= 1_000
  if (!isOff && !(isOld && response.status === 401)) return undefined
  memory.token = undefined
  return 'retry'
}

/** The token that is held is nowhere but here, so nobody else can mask it. */
export function concealed(text: string, c: Context): string {
  const held = memoryOf(c).token?.text
  return typeof held === 'string' ? redact(text, [held]) : text
}

function signed(plan: Plan, memory: Memory, c: Context, request: OutgoingRequest | undefined): Later<string> {
  const signer = (memory.signer ??= keep(memory, signerOf(plan, c)))
  const given = { settings: c.settings as never, now: c.now, random: c.random, request }
  return chain(signer, (ready) =>
    chain(valuesFor(plan, c, request), (values) =>
      chain(plan.claims.members(given, values), ({ header, payload }) =>
        ready.sign(
          { alg: plan.algorithm, ...(ready.kid !== undefined && { kid: ready.kid }), ...header },
          JSON.stringify({ ...payload, ...timesOf(plan.times, serverNow(c), plan.lifetimeMs) }),
        ),
      ),
    ),
  )
}

function signerOf(plan: Plan, { settings }: Context): Later<Signer> {
  const { algorithm, key, passphrase, encoding, base64EncodeSecret, shortSecret } = plan
  const text = (name: string | undefined): string | undefined => {
    const value = name === undefined ? undefined : settings[name]
    return typeof value === 'string' ? value : undefined
  }
  return signerFor({
    algorithm,
    text: text(key) ?? '',
    passphrase: text(passphrase),
    fields: [key, passphrase ?? 'passphrase'],
    encoding,
    base64EncodeSecret,
    shortSecret,
  })
}

/** A key that cannot be read is read again by the next request. */
function keep(memory: Memory, signer: Later<Signer>): Later<Signer> {
  if (signer instanceof Promise)
    signer.then(
      (ready) => (memory.signer = ready),
      () => (memory.signer = undefined),
    )
  return signer
}

function valuesFor(
  plan: Plan,
  c: Context,
  request: OutgoingRequest | undefined,
): Later<Readonly<Record<string, unknown>>> {
  const { slots } = plan.claims
  const values = slots.has('random') ? { ...c.settings, random: hexEncode(c.random(16)) } : c.settings
  if (!speaksOfRequest(slots)) return values
  if (request === undefined)
    throw new AuthError(
      'definition_invalid',
      'jwt: a token that speaks of the request cannot be used for others; leave perRequest out',
    )
  return requestValues(request, slots, plan.contextPath).then((more) => ({ ...values, ...more }))
}

function memoryOf({ memory, settings }: Context): Memory {
  const known = memory.get(jwtMemory) as Memory | undefined
  if (known?.settings === settings) return known
  const fresh: Memory = { settings }
  memory.set(jwtMemory, fresh)
  return fresh
}

const jwtMemory = 'jwt'
