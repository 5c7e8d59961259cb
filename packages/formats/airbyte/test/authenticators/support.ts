import { connect, type AuthStrategy, type Connection, type ConnectOptions, type Fields } from '@latchkey/core'
import type { JsonObject, Warning } from '@latchkey/core/definition'
import { network, type Sent } from '../../../../../tools/network.ts'
import { strategyOf, type Where } from '../../src/authenticators/index.ts'

/** Monday, 1 January 2024, in epoch milliseconds. */
export const start = 1_704_067_200_000

/** A configuration out of settings with dots. */
export function nested(settings: Readonly<Record<string, unknown>>): JsonObject {
  const config: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(settings)) {
    const path = name.split('.')
    let at = config
    for (const part of path.slice(0, -1)) at = (at[part] ??= {}) as Record<string, unknown>
    at[path.at(-1) ?? ''] = value
  }
  return config as JsonObject
}

/** A form of these fields: required passwords, optional where the name ends in a question mark, public after a `+`. */
export function form(names: readonly string[], settings: Given['settings'] = {}): Fields {
  return Object.fromEntries(
    names.map((each) => {
      const name = each.replace(/[?+]/g, '')
      return [
        name,
        {
          type: typeof settings[name] === 'boolean' ? 'boolean' : 'password',
          label: name,
          required: !each.includes('?'),
          public: each.includes('+'),
        },
      ]
    }),
  )
}

export interface Given {
  readonly settings?: Readonly<Record<string, string | boolean | number>>
  /** Default: a required field for each setting. */
  readonly fields?: readonly string[]
  readonly where?: Partial<Where>
  readonly answer?: (request: Sent, count: number) => Response
  readonly connect?: Partial<ConnectOptions<AuthStrategy>>
}

export interface World {
  readonly connection: Connection
  readonly sent: readonly Sent[]
  readonly warnings: readonly Warning[]
  readonly clock: { now: number }
}

/** What an authenticator needs to be read. */
export function whereOf(given: Given, warnings: Warning[] = []): Where {
  return {
    at: 'auth',
    fields: form(given.fields ?? Object.keys(given.settings ?? {}), given.settings),
    configOf: nested,
    parameters: {},
    warn: (warning) => warnings.push(warning),
    oauth: () => {
      throw new Error('not here')
    },
    ...given.where,
  }
}

/** A connection that signs in as an authenticator says, on a network in memory. */
export function connected(definition: unknown, given: Given = {}): World {
  return connectedTo((where) => strategyOf(definition, where), given)
}

export function connectedTo(strategy: (where: Where) => AuthStrategy, given: Given = {}): World {
  const warnings: Warning[] = []
  const clock = { now: start }
  const { fetch, sent } = network(given.answer)
  let seed = 0
  const connection = connect(strategy(whereOf(given, warnings)), {
    settings: given.settings ?? {},
    origins: ['https://api.example'],
    fetch,
    now: () => clock.now,
    random: (length: number) => Uint8Array.from({ length }, () => (seed += 7) % 256),
    ...given.connect,
  } as ConnectOptions<AuthStrategy>)
  return { connection, sent, warnings, clock }
}

/** What a failure says. */
export async function failure(
  run: () => unknown,
): Promise<{ code: string; message: string; field?: string }> {
  try {
    await run()
  } catch (error) {
    const { code, message, field } = error as { code: string; message: string; field?: string }
    return { code, message, ...(field !== undefined && { field }) }
  }
  throw new Error('nothing failed')
}

export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
