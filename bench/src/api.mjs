/** What the API answers; small, so that the client's own work shows. */
export const answer = JSON.stringify({ id: 4711, name: 'a thing', ok: true })

/** What is posted to it. */
export const thing = JSON.stringify({ name: 'a thing', note: 'x'.repeat(200) })

/** Whoever forgets to sign in must not look fast. */
export const isSigned = (headers) => headers.has('authorization') || headers.has('x-api-key')

/**
 * A fetch without a network: it does to a request what every fetch does first (takes it apart by making a `Request`
 * of it) and answers from memory.
 */
export const stub = async (input, init) => {
  const request = new Request(input, init)
  const status = isSigned(request.headers) ? 200 : 401
  return new Response(answer, { status, headers: { 'content-type': 'application/json' } })
}
