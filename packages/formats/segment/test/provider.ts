import type { Connection } from '@latchkey/core'
import type { Sent } from '../../../../tools/network.ts'
import { client, open, tokens } from './support.ts'

interface Provider {
  /** The body of the n-th answer of the token endpoint. */
  readonly answer?: (count: number) => object | Response
  readonly accepts?: (headers: Headers) => boolean
}

/** A provider whose n-th refresh gives `c4n4ry-access-n`, counted from 2, and that takes that alone. */
export function provider({ answer, accepts }: Provider = {}): (request: Sent) => Response {
  let count = 1
  return ({ url, headers }: Sent): Response => {
    if (!url.includes('/token')) {
      const isGood = accepts?.(headers) ?? headers.get('authorization') === `Bearer c4n4ry-access-${count}`
      return new Response(null, { status: isGood && count > 1 ? 200 : 401 })
    }
    count += 1
    const said = answer?.(count) ?? { access_token: `c4n4ry-access-${count}` }
    return said instanceof Response ? said : Response.json(said)
  }
}

export const openWith = (
  definition: object,
  answer = provider(),
  settings: object = client,
  credentials: object = tokens,
): { connection: Connection; sent: readonly Sent[] } =>
  open(definition, { settings: settings as Record<string, unknown>, credentials, answer })
export const refreshes = (sent: readonly Sent[]): Sent[] => sent.filter(({ url }) => url.includes('/token'))
