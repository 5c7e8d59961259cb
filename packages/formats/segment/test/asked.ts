import type { SegmentRequest } from '@latchkey/format-segment'
import type { Sent } from '../../../../tools/network.ts'
import { destination, open } from './support.ts'

export type Ask = (request: SegmentRequest, given: { settings: Record<string, string> }) => unknown

/** Runs a test that asks, and gives what was sent. */
export async function asked(
  ask: Ask,
  answer?: (request: Sent, count: number) => Response,
  extension: object = {},
): Promise<{ account: unknown; sent: readonly Sent[] }> {
  const extendRequest = () => ({ headers: { 'X-Key': 'c4n4ry-key' }, ...extension })
  const { connection, sent } = open(destination({ extendRequest }, { testAuthentication: ask }), {
    ...(answer && { answer }),
  })
  const account = await connection.test()
  return { account, sent }
}
