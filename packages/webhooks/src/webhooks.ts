import {
  createWorld,
  isAuthError,
  type AuthEvent,
  type NetworkOptions,
  type OnEvent,
  type WorldOptions,
} from '@latchkey/core'
import { digestHex } from '@latchkey/core/crypto'
import { hexEncode, retryAfterOf } from '@latchkey/core/http'
import { secretBytes, signatures } from './sign.ts'

export interface WebhooksOptions extends WorldOptions {
  /** Where events go. https, and no private address unless `network.allow` says so. */
  readonly url: string
  /** `whsec_…`; several while receivers change from one to the next: each message is signed with all of them. */
  readonly secret: string | readonly string[]
  /** Which events are sent; default all. */
  readonly select?: ((event: AuthEvent) => boolean) | undefined
  /** Default: 20 seconds a message. */
  readonly network?: NetworkOptions | undefined
  /** Messages on their way at the same time; default 10. */
  readonly concurrency?: number | undefined
  /** Messages that wait, for a turn or for another attempt; what comes on top is given up. Default 10,000. */
  readonly maxWaiting?: number | undefined
  /** Is told of each message that is given up. */
  readonly onUndelivered?: ((message: Undelivered) => void) | undefined
}

/** A message that no attempt has brought home. */
export interface Undelivered {
  readonly id: string
  readonly event: AuthEvent
  readonly attempts: number
  /** Why, in a sentence. */
  readonly problem: string
}

/** Takes events and sends them; give it as `onEvent`. */
export interface Webhooks extends OnEvent {
  /** Waits for the attempts under way, gives up what would be tried later, and takes nothing more. */
  close(): Promise<void>
}

// Standard Webhooks, "Deliverability and reliability": how long after an attempt that failed the next one is.
const scheduleMs: readonly number[] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map(
  (seconds) => seconds * 1_000,
)

/** How an attempt ended; `final`: another would end the same way. */
type Attempt =
  { readonly problem: string; readonly final: boolean; readonly retryAfter?: number | undefined } | undefined

/**
 * Sends events as signed webhooks, after Standard Webhooks: ids that stay the same in each attempt, times, HMAC-SHA256,
 * ten attempts over some three days. What waits is kept in this process and ends with it.
 * @throws {TypeError} a URL or a secret that cannot be used
 */
export function webhooks(options: WebhooksOptions): Webhooks {
  const { url, select = () => true, concurrency = 10, maxWaiting = 10_000, onUndelivered } = options
  if (!URL.canParse(url)) throw new TypeError('webhooks: url must be an absolute URL')
  const secrets = [options.secret].flat().map(secretBytes)
  if (secrets.length === 0) throw new TypeError('webhooks: secret must name at least one')
  const world = createWorld({ ...options, network: { timeoutMs: 20_000, ...options.network } })
  const ending = new AbortController()
  const isEnding = (): boolean => ending.signal.aborted
  const pending = new Set<Promise<void>>()
  const turns: (() => void)[] = []
  let sending = 0
  let isGone = false

  async function attempt(id: string, body: string): Promise<Attempt> {
    const timestamp = Math.floor(world.now() / 1_000)
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': await signatures(secrets, { id, timestamp, body }),
    }
    try {
      // A redirect is an answer like any other, and no success.
      const response = await world.guarded(url, { method: 'POST', headers, body, redirect: 'manual' })
      if (response.ok) return undefined
      // Standard Webhooks: 410 says that nothing is wanted here any more.
      isGone ||= response.status === 410
      const retryAfter = retryAfterOf(response.headers, world.now())
      return { problem: `the receiver answered ${response.status}`, final: isGone, retryAfter }
    } catch (error) {
      const final = isAuthError(error) && error.code === 'origin_forbidden'
      return { problem: isAuthError(error) ? error.message : 'the receiver was not reached', final }
    }
  }

  /** One at a time for each of `concurrency`. */
  async function inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (sending >= concurrency) await new Promise<void>((go) => turns.push(go))
    else sending += 1
    try {
      return await run()
    } finally {
      const next = turns.shift()
      if (next) next()
      else sending -= 1
    }
  }

  async function deliver(event: AuthEvent): Promise<void> {
    const id = await idOf(event)
    const body = bodyOf(event)
    const giveUp = (attempts: number, problem: string): void =>
      onUndelivered?.({ id, event, attempts, problem })
    for (let attempts = 1; ; attempts += 1) {
      if (isGone) {
        giveUp(attempts - 1, 'the receiver wants no more')
        return
      }
      const failed = await inTurn(() => attempt(id, body))
      if (failed === undefined) return
      const wait = scheduleMs[attempts - 1]
      if (failed.final || wait === undefined || isEnding()) {
        giveUp(attempts, failed.problem)
        return
      }
      const jitter = 1 + (world.random(1)[0] ?? 0) / 2_560
      await world.sleep(Math.max(wait * jitter, failed.retryAfter ?? 0), ending.signal).catch(() => undefined)
      if (!isEnding()) continue
      giveUp(attempts, `${failed.problem}, and this process ends`)
      return
    }
  }

  async function idOf({ type, key, version, expiresAt }: AuthEvent): Promise<string> {
    // Several processes may tell of the same end: a receiver knows it again by the id.
    const told = JSON.stringify([type, key, version, expiresAt])
    const name =
      type === 'connection.expiring' ? await digestHex('SHA-256', told) : hexEncode(world.random(16))
    return `msg_${name.slice(0, 32)}`
  }

  const onEvent = (event: AuthEvent): void => {
    if (!select(event)) return
    if (isEnding() || pending.size >= maxWaiting) {
      const problem = isEnding() ? 'this process ends' : 'too many messages wait'
      onUndelivered?.({ id: '', event, attempts: 0, problem })
      return
    }
    const delivery = deliver(event)
      .catch(() => undefined)
      .finally(() => pending.delete(delivery))
    pending.add(delivery)
  }
  return Object.assign(onEvent, {
    async close() {
      ending.abort()
      await Promise.all(pending)
    },
  })
}

/** Standard Webhooks, "Payload structure". */
function bodyOf({ type, at, ...data }: AuthEvent): string {
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data })
}
