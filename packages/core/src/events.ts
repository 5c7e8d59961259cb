import type { AuthErrorCode, Remedy } from './errors.ts'

/**
 * What happened to a connection. `connection.expiring`: it ends soon and only a person can renew it; told by what looks
 * ahead, such as `@latchkey/refresher`.
 */
export type AuthEventType =
  | 'connection.created'
  | 'connection.acquired'
  | 'connection.authorized'
  | 'connection.refreshed'
  | 'connection.rejected'
  | 'connection.expiring'
  | 'connection.revoked'
  | 'connection.paused'
  | 'connection.resumed'
  | 'connection.deleted'
  | 'refresh.failed'

/** What a host learns of a connection's life; carries no secret. */
export interface AuthEvent {
  readonly type: AuthEventType
  /** Epoch milliseconds. */
  readonly at: number
  /** The connection's key in its store. */
  readonly key: string
  /** The connector's key; for a bare strategy its scheme. */
  readonly connector: string
  /** The leaf strategy's scheme. */
  readonly scheme: string
  readonly owner?: string | undefined
  readonly tenant?: string | undefined
  /** The record's version after the event, where there is one. */
  readonly version?: number | undefined
  /** Of the credentials, in epoch milliseconds. */
  readonly expiresAt?: number | undefined
  /** How long the provider was waited for, in milliseconds. */
  readonly durationMs?: number | undefined
  /** How many callers of this process waited for the attempt, the one that began it included. */
  readonly waiters?: number | undefined
  /** Of `connection.rejected` and `refresh.failed`. */
  readonly error?:
    | {
        readonly code: AuthErrorCode
        readonly remedy: Remedy
        readonly message: string
        readonly retryAfter?: number | undefined
      }
    | undefined
}

/** Called once an event is durable; what it throws is ignored. */
export type OnEvent = (event: AuthEvent) => void
