import { nameOf } from '../describe/ways.ts'
import type { Finding, LintedWay, Rules } from './types.ts'

/** What becomes of a connection: whether it can be proven, renewed, and understood by whoever agrees to it. */
export const lifecycle: Rules = ({ connector, ways }) => [
  ...(connector.description === undefined
    ? [
        warning(
          'no-description',
          'description',
          'Nothing says what this API is for. Add a description for the people who choose it.',
        ),
      ]
    : []),
  ...ways.flatMap((way) => [
    ...((connector.test ?? way.leaf.test) === undefined
      ? [
          warning(
            'no-test',
            placeOf(way, 'test'),
            'A connection cannot be proven, so a mistyped value is found at the first real request. Add a test that asks the API who signed in.',
          ),
        ]
      : []),
    ...(way.leaf.authorize && !way.leaf.refresh && !way.leaf.acquire
      ? [
          warning(
            'no-refresh',
            placeOf(way, 'refresh'),
            'What a person agreed to cannot be renewed: that person must sign in again each time it ends. Add refresh, where the provider offers it.',
          ),
        ]
      : []),
    ...(asksForNothing(way)
      ? [
          warning(
            'no-scopes',
            placeOf(way, 'scopes'),
            'The consent names no scopes, so the provider decides what is granted, often everything. Name the least that is needed.',
          ),
        ]
      : []),
  ]),
]

// RFC 6749 section 3.3; an answer without client_id is another protocol's.
function asksForNothing({ rehearsed }: LintedWay): boolean {
  const query = rehearsed?.consent?.searchParams
  if (!query?.has('client_id')) return false
  return ![...query].some(([name, value]) => /scope/i.test(name) && value !== '')
}

const warning = (code: string, at: string, message: string): Finding => ({
  code,
  severity: 'warning',
  at,
  message,
})

/** A member of a connector, and of which of its options. */
export function placeOf(way: LintedWay, member: string): string {
  const name = nameOf(way)
  return name === undefined ? member : `${name}: ${member}`
}
