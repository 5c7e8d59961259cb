import { connect, type AuthStrategy, type ConnectOptions } from '@latchkey/core'
import { network, type Sent } from '../../../../tools/network.ts'

export const origins = ['https://api.example.com']
export const now = 1_800_000_000_000

/** What goes out for requests one after the other. */
export async function sentBy(
  auth: AuthStrategy,
  settings: object,
  requests: readonly (readonly [string, RequestInit?])[] = [['https://api.example.com/']],
  more: Partial<ConnectOptions<AuthStrategy>> = {},
  answer?: (request: Sent, count: number) => Response,
): Promise<readonly Sent[]> {
  const { fetch, sent } = network(answer)
  const connection = connect(auth, { settings, origins, fetch, now: () => now, ...more })
  for (const [url, init] of requests) await connection.fetch(url, init)
  return sent
}

export interface Token {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

/** A token taken apart; a prefix before it is dropped. */
export function read(token: string | null): Token {
  const [header, payload] = (token ?? '')
    .replace(/^.* /, '')
    .split('.')
    .slice(0, 2)
    .map((part) =>
      part === '' ? {} : (JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as object),
    )
  return { header, payload } as Token
}

/** The token of a request's Authorization. */
export const tokenOf = (sent: Sent | undefined): string =>
  (sent?.headers.get('authorization') ?? '').replace(/^\S+ /, '')
