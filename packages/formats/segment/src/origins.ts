import { matchesOrigin, renderUrl } from '@latchkey/core/http'
import { AuthError, type Known } from '@latchkey/core'
import { invalid } from '@latchkey/core/definition'
import type { Probe } from './probe.ts'
import type { SegmentOptions } from './types.ts'

/** Where the credentials of a definition may go. */
export interface Places {
  /** Undefined: only the base URL's origin. */
  readonly patterns: readonly string[] | undefined
  /** True where they were found in the definition and not stated. */
  readonly isDerived: boolean
}

/**
 * The origins that are stated, else those of the base URLs that the definition makes.
 * @throws {AuthError} definition_invalid where there are neither
 */
export function placesOf({ origins, baseUrl }: SegmentOptions, { origins: found }: Probe): Places {
  if (origins !== undefined || baseUrl !== undefined) return { patterns: origins, isDerived: false }
  const patterns = [...found].filter((origin) => origin !== undefined)
  if (patterns.length > 0 && patterns.length === found.size) return { patterns, isDerived: true }
  throw invalid(
    'extendRequest',
    found.size === 0
      ? 'the definition does not say which hosts may see its credentials. State the option origins, ' +
          "such as ['https://api.example.com']; probeOrigins(destination) lists what its functions call."
      : 'settings choose the host of its prefixUrl. State the option origins, or baseUrl with a slot ' +
          "for what may be chosen, such as 'https://{subdomain}.example.com'.",
  )
}

const anywhere = 'https://*'

/**
 * Stops a request of `refreshAccessToken`, whose body holds secrets, before it goes anywhere else.
 * @throws {AuthError} origin_forbidden
 */
export async function reachFor(
  { patterns }: Places,
  { baseUrl }: SegmentOptions,
  known: Known,
  own: readonly (string | undefined)[],
): Promise<(url: string) => void> {
  const base =
    typeof baseUrl === 'function' ? await baseUrl(known) : baseUrl && renderUrl(baseUrl, known.settings)
  const exact = [base, ...own].filter((url) => url !== undefined && URL.canParse(url)) as string[]
  const all = [...(patterns ?? []), ...exact.map((url) => new URL(url).origin)]
  return (url) => {
    // A relative URL starts at the base URL, which has been checked.
    const origin = URL.canParse(url) ? new URL(url).origin : undefined
    const isReached =
      origin === undefined ||
      all.some((each) => (each === anywhere ? origin.startsWith('https://') : matchesOrigin(each, origin)))
    if (isReached) return
    throw new AuthError(
      'origin_forbidden',
      `refreshAccessToken must not send secrets to ${origin}; name it in the option origins if it is part of the API.`,
    )
  }
}
