import type { Connector } from '@latchkey/core'
import type { Rehearsed } from '../describe/places.ts'
import type { Way } from '../describe/ways.ts'
import type { Definition } from '../definition/load.ts'

/** How much a finding matters: an error must be corrected, a warning should be looked at, a note is for knowing. */
export type Severity = 'error' | 'warning' | 'note'

/** What is missing or risky. */
export interface Finding {
  /** Stable; see docs/lint.md. */
  readonly code: string
  readonly severity: Severity
  /** A path in the definition, a field, an option of the connector, or a line of its module. */
  readonly at: string
  /** What it is, and what to do about it. */
  readonly message: string
}

/** A way of signing in, with what a rehearsal of it showed. */
export interface LintedWay extends Way {
  readonly rehearsed: Rehearsed | undefined
}

/** What is looked at. */
export interface Subject {
  readonly connector: Connector
  readonly ways: readonly LintedWay[]
  readonly definition?: Definition | undefined
  /** The text of the connector's own module. */
  readonly text?: string | undefined
}

/** One family of rules; pure. */
export type Rules = (subject: Subject) => Finding[]
