import { AuthError, isAuthError } from '../errors.ts'
import { redact, redacted } from '../http/redact.ts'
import type { OutgoingRequest, Verdict } from '../strategy.ts'
import { notReplayable } from './body.ts'
import { initFor, locate, outgoing, takeCall } from './call.ts'
import { forCaller, type Grant, type Held } from './grant.ts'
import { bare, nextHop, presented } from './hops.ts'
import { secretsFor } from './setup.ts'
import { verdictOf } from './verdict.ts'

export interface Sender {
  readonly grant: Grant
  /** Sends one hop as it stands. */
  readonly send: typeof globalThis.fetch
  /** Ends every wait of the connection. */
  readonly signal: AbortSignal | undefined
  /** Whether a redirect may lead away from the connector's origins: the caller's own may, a test may not. */
  readonly leaves: boolean
  /** A response has said that a person must act. */
  reconnect(held: Held): Promise<void>
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Fetch that signs in: redirects are followed by hand, each hop is signed anew on an allowed origin and bare elsewhere. */
export function authenticatedFetch(sender: Sender): typeof globalThis.fetch {
  return async (input, init) => {
    const { grant } = sender
    let signal = init?.signal ?? (input instanceof Request ? input.signal : undefined) ?? undefined
    if (sender.signal !== undefined)
      signal = signal ? AbortSignal.any([signal, sender.signal]) : sender.signal
    let held = grant.current() ?? (await grant.ensure(signal))
    let url: URL | undefined = locate(input, held.reach.baseUrl)
    const taken = takeCall(input, init, url.href)
    let call = taken instanceof Promise ? await taken : taken
    let left = false
    let done: Set<Step> | undefined
    // Every turn sends once; what need not be waited for is not awaited, because most requests pass here once.
    for (let hops = 0; ;) {
      if (!left && !held.reach.allows(call.href)) {
        if (hops === 0) mustReach(call.href, held)
        if (!sender.leaves) throw strayed(call.href)
        left = true
        call = bare(call, concealer(held))
      }
      const request = outgoing(call, url)
      url = undefined
      if (!left) {
        const applied = sign(request, held)
        if (applied !== undefined) await forCaller(applied, signal)
        // A strategy cannot move a request.
        if (request.url.href !== call.href) mustReach(request.url.href, held)
      }
      let response: Response
      try {
        response = await sender.send(request.url.href, initFor(call, request, signal))
      } catch (error) {
        throw unsent(error, held)
      }
      if (!left) {
        const judged = verdictOf(response, held, request)
        const verdict = judged instanceof Promise ? await forCaller(judged, signal) : judged
        if (verdict === undefined) grant.accept(held)
        else {
          const next = await another(sender, verdict, held, (done ??= new Set()), signal)
          if (next !== undefined) {
            void response.body?.cancel().catch(() => undefined)
            if (call.body.oneWay) throw notReplayable(again)
            held = next
            continue
          }
        }
      }
      const sent = left ? undefined : request.url
      const next = nextHop(call, response, sent, hops)
      if (next === undefined)
        return hops === 0 && request.url.href === call.href
          ? response
          : presented(response, call.href, hops > 0)
      call = next
      hops += 1
      // Another place may ask another question, as Digest does at each origin.
      done?.delete('retry')
    }
  }
}

/** What is done at most once a request; `retry`, once a hop. */
type Step = Verdict | 'wait'

const again = 'it would have to be sent again with new credentials, which are ready for the next call'

/** After a response that rejects the credentials: what the request is to be sent with once more, if at all. */
export async function another(
  sender: Sender,
  verdict: Verdict,
  held: Held,
  done: Set<Step>,
  signal: AbortSignal | undefined,
): Promise<Held | undefined> {
  const { setup } = held
  const { leaf } = setup.form
  if (verdict === 'reconnect') await sender.reconnect(held)
  if (verdict === 'reconnect' || done.has(verdict)) return undefined
  if (verdict === 'renew') {
    // Of settings alone, only another process can have brought new ones.
    if (!leaf.acquire && !leaf.refresh && !setup.adopt) return undefined
    const propagating = propagationLeft(held)
    if (propagating > 0 && !done.has('wait')) {
      done.add('wait')
      await sender.sleep(propagating, signal)
      return held
    }
  }
  done.add(verdict)
  if (verdict === 'retry') return held
  const renewed = await sender.grant.renew(held, signal)
  return renewed === held ? undefined : renewed
}

/** Runs `apply`; what it throws never carries the value that it choked on. */
export function sign(request: OutgoingRequest, held: Held): Promise<void> | undefined {
  const { leaf } = held.setup.form
  try {
    const applied = leaf.apply(request, held.context)
    return applied instanceof Promise
      ? applied.catch((error: unknown) => {
          throw unapplied(error, held)
        })
      : undefined
  } catch (error) {
    throw unapplied(error, held)
  }
}

function unapplied(error: unknown, held: Held): AuthError {
  const { scheme } = held.setup.form.leaf
  if (!isAuthError(error))
    return new AuthError(
      'definition_invalid',
      `The strategy "${scheme}" could not be applied to the request`,
      { scheme },
    )
  return redacted(error, secretsFor(held.setup, held.record?.credentials))
}

/** The text without what these credentials and their strategy must not show. */
export function conceal(text: string, { setup, record, context }: Held): string {
  const clean = redact(text, secretsFor(setup, record?.credentials))
  return setup.form.leaf.redact?.(clean, context) ?? clean
}

// Apart from the loop of the sends, where a closure over a variable that changes would cost every request.
const concealer =
  (held: Held) =>
  (text: string): string =>
    conceal(text, held)

/** The network's own error, unless it repeats a secret: Deno's names the whole URL. */
function unsent(error: unknown, held: Held): unknown {
  // The reason of an abort is whatever the caller gave.
  const { message } = Object(error) as { message?: unknown }
  if (typeof message !== 'string') return error
  const clean = conceal(message, held)
  return clean === message ? error : new TypeError(clean)
}

function strayed(href: string): AuthError {
  return new AuthError(
    'response_invalid',
    `A redirect to ${new URL(href).origin} was not followed; it is not part of the API`,
  )
}

function propagationLeft(held: Held): number {
  const { propagationMs } = held.setup.connector
  const issuedAt = held.record?.issuedAt
  if (propagationMs === undefined || issuedAt === undefined) return 0
  return Math.max(0, issuedAt + propagationMs - held.setup.world.now())
}

/** @throws {AuthError} origin_forbidden where the credentials must not go to that address */
export function mustReach(href: string, { reach, setup: { connector, form } }: Held): void {
  if (reach.allows(href)) return
  throw new AuthError(
    'origin_forbidden',
    `The credentials of ${connector.key} must not be sent to ${new URL(href).origin}; name it in the connector's origins if it is part of the API`,
    { scheme: form.leaf.scheme },
  )
}
