import {
  checkSettings,
  connect,
  memoryStore,
  type Connection,
  type Connector,
  type Field,
} from '@latchkey/core'
import type { Values } from '../values/form.ts'
import { choicesOf } from '../values/form.ts'
import type { Way } from './ways.ts'

const formats = {
  url: 'https://sample.example',
  hostname: 'sample.example',
  subdomain: 'sample',
  email: 'sample@sample.example',
  uuid: '00000000-0000-4000-8000-000000000000',
}

/** A value that a field would take; a text is found again wherever it is put. */
function sampleOf(name: string, field: Field, values: Values, addresses: boolean): unknown {
  if (field.default !== undefined) return field.default
  if (field.type === 'number') return 1
  if (field.type === 'boolean') return true
  const [choice] = choicesOf(field, values) ?? []
  if (choice) return choice.value
  if (field.format !== undefined) return formats[field.format]
  const marker = `sample-${name.replace(/[^a-z\d]/gi, '-')}`
  const { pattern, examples = [] } = field
  if (pattern === undefined) return (addresses ? (examples[0] ?? addressOf(name)) : undefined) ?? marker
  const fits = new RegExp(`^(?:${pattern})$`, 'u')
  return [marker, ...examples, ...usual].find((text) => fits.test(text)) ?? marker
}

/** For a field that takes an address without saying so. */
function addressOf(name: string): string | undefined {
  if (/ur[il]|endpoint/i.test(name)) return formats.url
  return /domain|host/i.test(name) ? formats.hostname : undefined
}

/** What patterns often ask for. */
const usual = ['sample', '2024-01-01T00:00:00Z', '2024-01-01', '20240101', '1', 'https://sample.example']

/** How values are made up. */
export interface Making {
  /** True: optional public ones too. */
  readonly complete: boolean
  /** True: whatever is named as an address is one, and examples are taken. */
  readonly addresses: boolean
}

/** Settings that are made up for a way of signing in; undefined where nothing made up is accepted. */
export function sampleSettings(
  { auth }: Connector,
  { options, fields }: Way,
  { complete, addresses }: Making,
): Values | undefined {
  const values: Record<string, unknown> = { ...options }
  for (const [name, field] of Object.entries(fields)) {
    if (!complete && !field.required && field.public === true) continue
    values[name] = sampleOf(name, field, values, addresses)
  }
  try {
    return checkSettings(auth, values).settings
  } catch {
    return undefined
  }
}

/** The way with the strategy that made-up settings lead to, where a value that is no option of the form selects it. */
export function settled(connector: Connector, way: Way): Way {
  const settings = way.leaf.select && sampleSettings(connector, way, { complete: true, addresses: false })
  return settings ? { ...way, leaf: checkSettings(connector.auth, settings).leaf } : way
}

/** What every provider of a rehearsal answers: whatever a token endpoint may be asked for. */
const answer = JSON.stringify({
  access_token: 'sample-access-token',
  accessToken: 'sample-access-token',
  refresh_token: 'sample-refresh-token',
  token: 'sample-token',
  token_type: 'Bearer',
  expires_in: 3600,
})

/** A connection with made-up settings to a network that is not there: nothing leaves the machine. */
export function rehearsal(connector: Connector, settings: Values): Connection {
  const now = (): number => 1_700_000_000_000
  return connect(connector, {
    settings,
    now,
    random: (length) => new Uint8Array(length).fill(7),
    sleep: async () => undefined,
    store: memoryStore({ now }),
    fetch: async () => new Response(answer, { headers: { 'content-type': 'application/json' } }),
  })
}
