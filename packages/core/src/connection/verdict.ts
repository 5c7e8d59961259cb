import type { RenewWhen } from '../connector.ts'
import type { OutgoingRequest, Verdict } from '../strategy.ts'
import type { Held } from './grant.ts'

/** What a response says of the credentials: the strategy's word first, then the connector's `renewWhen`. */
export function verdictOf(
  response: Response,
  held: Held,
  request: OutgoingRequest,
): Verdict | Promise<Verdict> {
  const { leaf } = held.setup.form
  const { renewWhen } = held.setup.connector
  const own = leaf.inspect?.(response, inspection(held, request))
  if (own instanceof Promise) return own.then((verdict) => verdict ?? byRule(response, renewWhen, true))
  return own ?? byRule(response, renewWhen, leaf.inspect !== undefined)
}

function inspection(held: Held, request: OutgoingRequest): Held['context'] & { request: OutgoingRequest } {
  return Object.create(held.context, { request: { value: request, enumerable: true } }) as ReturnType<
    typeof inspection
  >
}

function byRule(
  response: Response,
  rule: RenewWhen | undefined,
  inspected: boolean,
): Verdict | Promise<Verdict> {
  if (rule === undefined) return response.status === 401 && !inspected ? 'renew' : undefined
  const statuses = [rule.status ?? (rule.headers === undefined && rule.body === undefined ? 401 : [])].flat()
  if (statuses.includes(response.status)) return 'renew'
  for (const [name, expected] of Object.entries(rule.headers ?? {})) {
    const value = response.headers.get(name)
    if (value !== null && (typeof expected === 'string' ? value === expected : expected.test(value)))
      return 'renew'
  }
  const { body } = rule
  if (body === undefined || response.body === null || !hasEnd(response)) return undefined
  return peek(response).then((content) => (body(content, response) ? 'renew' : undefined))
}

/** A stream of events or lines may never end, so nobody can wait for its body: only one of known length, or one JSON document. */
function hasEnd({ headers }: Response): boolean {
  return headers.has('content-length') || /^[^;]*[/+]json *(;|$)/i.test(headers.get('content-type') ?? '')
}

const peekedBytes = 65_536

async function peek(response: Response): Promise<unknown> {
  const reader = (response.clone().body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let length = 0; length < peekedBytes;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    text += decoder.decode(value, { stream: true })
  }
  void reader.cancel().catch(() => undefined)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
