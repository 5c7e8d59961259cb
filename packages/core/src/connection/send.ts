import { AuthError, isAuthError, reworded } from '../errors.ts'
import { redact } from '../http/redact.ts'
import type { OutgoingRequest, Verdict } from '../strategy.ts'
import { notReplayable } from './body.ts'
import { initFor, outgoing, takeCall, type Call } from './call.ts'
import type { Grant, Held } from './grant.ts'
import { bare, nextHop, presented } from './hops.ts'
import { secretsFor } from './setup.ts'
import { verdictOf } from './verdict.ts'

export interface Sender {
  readonly grant: Grant
  /** Sends one hop as it stands. */
  readonly send: typeof globalThis.fetch
  /** Ends every wait of the connection. */
  readonly signal: AbortSignal | undefined
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
    const taken = takeCall(input, init, held.reach.baseUrl)
    let call = taken instanceof Promise ? await taken : taken
    let left = false
    for (let hops = 0; ; hops += 1) {
      if (!left && !held.reach.allows(call.origin)) {
        if (hops === 0) mustReach(call.origin, held)
        left = true
        call = bare(call, secretsFor(held.setup, held.record?.credentials))
      }
      let sent: URL | undefined
      let response: Response
      if (left) {
        response = await sender.send(
          call.href,
          initFor(call, { ...call, headers: new Headers(call.headers), body: call.body.value }, signal),
        )
      } else {
        const signed = await sendSigned(sender, call, held, signal)
        ;({ response, held, sent } = signed)
      }
      const next = nextHop(call, response, sent, hops)
      if (next === undefined)
        return hops === 0 && (sent === undefined || sent.href === call.href)
          ? response
          : presented(response, call.href, hops > 0)
      call = next
    }
  }
}

interface Signed {
  readonly response: Response
  readonly held: Held
  readonly sent: URL
}

/** One hop on an allowed origin: signed, sent, and at most once each signed again, renewed and waited out. */
async function sendSigned(
  sender: Sender,
  call: Call,
  first: Held,
  signal: AbortSignal | undefined,
): Promise<Signed> {
  const { grant } = sender
  let held = first
  const done = new Set<Verdict | 'wait'>()
  for (;;) {
    const request = outgoing(call)
    const applied = sign(request, held)
    if (applied !== undefined) await applied
    // A strategy cannot move a request, and new credentials may belong elsewhere.
    if (held !== first || request.url.href !== call.href) mustReach(request.url.origin, held)
    const response = await sender.send(request.url.href, initFor(call, request, signal))
    const judged = verdictOf(response, held, request)
    const verdict = judged instanceof Promise ? await judged : judged
    const { leaf } = held.setup.form
    if (verdict === undefined) grant.accept(held)
    if (verdict === 'reconnect') await sender.reconnect(held)
    // Of settings alone, only another process can have brought new ones.
    const canRenew =
      leaf.acquire !== undefined || leaf.refresh !== undefined || held.setup.adopt !== undefined
    if (
      verdict === undefined ||
      verdict === 'reconnect' ||
      done.has(verdict) ||
      (verdict === 'renew' && !canRenew)
    ) {
      return { response, held, sent: request.url }
    }
    if (verdict === 'renew') {
      const propagating = propagationLeft(held)
      if (propagating > 0 && !done.has('wait')) {
        done.add('wait')
        await sender.sleep(propagating, signal)
      } else {
        done.add('renew')
        const renewed = await grant.renew(held, signal)
        if (renewed === held) return { response, held, sent: request.url }
        held = renewed
      }
    } else done.add('retry')
    void response.body?.cancel().catch(() => undefined)
    if (call.body.oneWay)
      throw notReplayable(
        'it would have to be sent again with new credentials, which are ready for the next call',
      )
  }
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
  const message = redact(error.message, secretsFor(held.setup, held.record?.credentials))
  return message === error.message ? error : reworded(error, message)
}

function propagationLeft(held: Held): number {
  const { propagationMs } = held.setup.connector
  const issuedAt = held.record?.issuedAt
  if (propagationMs === undefined || issuedAt === undefined) return 0
  return Math.max(0, issuedAt + propagationMs - held.setup.world.now())
}

/** @throws {AuthError} origin_forbidden where the credentials must not go to that origin */
export function mustReach(origin: string, { reach, setup: { connector, form } }: Held): void {
  if (reach.allows(origin)) return
  throw new AuthError(
    'origin_forbidden',
    `The credentials of ${connector.key} must not be sent to ${origin}; name it in the connector's origins if it is part of the API`,
    { scheme: form.leaf.scheme },
  )
}
