// What every provider of the demo has in common: whose account it is, what is in it, and a bearer token before it.
import { json } from './http.mjs'

export const account = { id: 'u-1', name: 'Ada Lovelace' }
export const item = 'Analytical engine'

/** RFC 6749 section 5.2. */
export const refusal = (error, error_description, status = 400) => json({ error, error_description }, status)

/** An API behind a bearer token. */
export const api =
  (answer, refused = () => json({ error: 'unauthorized' }, 401)) =>
  ({ ledger }, request) => {
    const held = ledger.holder(request.bearer)
    return held === undefined || held.ended ? refused(held, request) : answer(held, request)
  }
