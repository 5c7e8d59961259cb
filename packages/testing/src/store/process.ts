import type { StoreDriver } from '@latchkey/core'

/** A store that another process has open. */
export interface StoreProcess {
  /** Each call is made in that process; it rejects if the process ends before it answers. */
  readonly driver: StoreDriver
  /** Kills it, lets it stand still, or lets it go on; resolves once that has happened. */
  readonly signal: (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => Promise<void>
}
