import type { RenewWhen } from '../connector.ts'
import { peekBody } from '../http/peek.ts'
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
  if (body === undefined || response.body === null) return undefined
  return peekBody(response).then((content) =>
    content !== undefined && body(content, response) ? 'renew' : undefined,
  )
}
