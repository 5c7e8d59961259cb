import type { KyInstance } from 'ky'
import type { Connector } from '../connector.ts'
import type { AuthError } from '../errors.ts'
import type { AuthEvent, AuthEventType, OnEvent } from '../events.ts'
import { secretsOf, type Checked } from '../fields/settings.ts'
import { authKy } from '../http/ky.ts'
import type { StoreDriver } from '../store/contract.ts'
import type { AuthContext, Credentials, Json } from '../strategy.ts'
import type { World } from '../world/world.ts'
import type { Addresses } from './reach.ts'
import type { NetworkOptions } from '../world/options.ts'

/** Everything about a connection that does not change while it lives, save the form. */
export interface Setup {
  readonly key: string
  /** The connector, or what stands for it where a bare strategy is connected. */
  readonly connector: Omit<Connector, 'name'>
  readonly addresses: Addresses
  readonly world: World
  readonly store: StoreDriver
  readonly leewayMs: number
  readonly timeoutMs: number
  readonly allow: NetworkOptions['allow']
  readonly memory: Map<string, unknown>
  readonly onEvent: OnEvent | undefined
  /** Credentials that were earned elsewhere. */
  readonly seed: Credentials | undefined
  readonly owner?: string | undefined
  readonly tenant?: string | undefined
  /** The checked settings, and the strategy that they lead to. */
  readonly form: Checked
  /** The verdict of a schema that takes its time; awaited before first use. */
  readonly ready: Promise<void> | undefined
  /** What of the settings is written to the record. */
  readonly stored: Readonly<Record<string, Json>>
  /** Takes over settings that another process wrote; absent where the settings given here decide. */
  readonly adopt?: ((settings: Json) => Promise<Setup>) | undefined
}

/** Whether a person or the provider has a say: if not, there is nothing to store, renew or lock. */
export function isStateless({ form: { leaf }, seed }: Setup): boolean {
  return !leaf.acquire && !leaf.refresh && !leaf.authorize && seed === undefined
}

/** The world as a strategy sees it; ky is made when it is first asked for. */
export function contextOf(
  setup: Setup,
  fetch: typeof globalThis.fetch,
  signal?: AbortSignal,
  base?: string,
): AuthContext<unknown> {
  let http: KyInstance | undefined
  return {
    settings: setup.form.settings,
    memory: setup.memory,
    fetch,
    get http() {
      return (http ??= authKy(fetch, base))
    },
    now: setup.world.now,
    random: setup.world.random,
    signal,
  }
}

/** The strings that must never be shown: secret settings and every text in the credentials. */
export function secretsFor({ form }: Setup, credentials: unknown): string[] {
  // Among credentials short texts are names (a scope, a token type), and an origin is where the API is (`instance_url`).
  const earned = texts(credentials).filter((text) => text.length > 7 && !/^https?:\/\/[^/]+\/?$/.test(text))
  return [...secretsOf(form.fields, form.settings).filter((text) => text.length > 3), ...earned]
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

/** Random and unguessable: grants, lease owners. */
export function randomId(setup: Setup): string {
  return Array.from(setup.world.random(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Tells the host; its own errors are its own. */
export function notify(onEvent: OnEvent | undefined, event: AuthEvent): void {
  try {
    onEvent?.(event)
  } catch {
    // A listener must not be able to break a sign-in.
  }
}

/** Tells the host what happened to this connection. */
export function emit(
  setup: Setup,
  type: AuthEventType,
  detail: Partial<Pick<AuthEvent, 'version' | 'expiresAt' | 'durationMs' | 'waiters'>> & {
    readonly failure?: AuthError
  } = {},
): void {
  const { failure, ...rest } = detail
  const { key, connector, owner, tenant } = setup
  notify(setup.onEvent, {
    type,
    at: setup.world.now(),
    key,
    connector: connector.key,
    scheme: setup.form.leaf.scheme,
    owner,
    tenant,
    ...rest,
    ...(failure && {
      error: {
        code: failure.code,
        remedy: failure.remedy,
        message: failure.message,
        retryAfter: failure.retryAfter,
      },
    }),
  })
}
