import { connect, type AuthStrategy, type Connection, type ConnectOptions } from '@latchkey/core'
import { fakeClock, type FakeClock } from '@latchkey/testing'
import { network, type Sent } from '../../../../tools/network.ts'

export const login = 'https://login.example.com/session'
export const api = 'https://api.example.com/things'
export const fields = {
  user: { type: 'string', label: 'User', required: true, public: true },
  password: {},
} as const
export const settings = { user: 'ada', password: 'pass-word-1' }

export interface Opened {
  readonly connection: Connection
  readonly clock: FakeClock
  readonly sent: readonly Sent[]
  /** What went to the provider. */
  readonly logins: () => readonly Sent[]
  /** What went to the API. */
  readonly calls: () => readonly Sent[]
  readonly call: () => Promise<Response>
}

/** A connection whose provider answers `provider`, and whose API `answer`. */
export function open(
  auth: AuthStrategy,
  provider: (request: Sent, count: number) => Response,
  answer: (request: Sent, count: number) => Response = () => new Response('ok'),
  more: Partial<ConnectOptions<AuthStrategy>> = {},
): Opened {
  const clock = fakeClock()
  const isApi = (url: string): boolean => url.startsWith('https://api.example.com/')
  const { fetch, sent } = network((request) => {
    const count = sent.filter(({ url }) => isApi(url) === isApi(request.url)).length
    return isApi(request.url) ? answer(request, count) : provider(request, count)
  })
  const connection = connect(auth, {
    settings,
    origins: ['https://api.example.com'],
    fetch,
    now: clock.now,
    sleep: clock.sleep,
    ...more,
  }) as Connection
  return {
    connection,
    clock,
    sent,
    logins: () => sent.filter(({ url }) => !isApi(url)),
    calls: () => sent.filter(({ url }) => isApi(url)),
    call: () => connection.fetch(api),
  }
}

/** Token after token: `token-1`, `token-2`. */
export const tokens =
  (more: object = {}) =>
  (_: Sent, count: number): Response =>
    Response.json({ token: `token-${count}`, ...more })

export const authorizations = ({ calls }: Opened): (string | null)[] =>
  calls().map(({ headers }) => headers.get('authorization'))
