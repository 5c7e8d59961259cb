import type { AuthStrategy, Strategy } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { putAll } from '@latchkey/core/http'
import type { JwtAlgorithm } from './algorithm.ts'
import type { Completed, Given, JwtFields, JwtOptions, StandardFields } from './options.ts'
import { planOf } from './plan.ts'
import { concealed, learnOffset, tokenFor } from './token.ts'

/**
 * Tokens that the client signs itself: once for many requests, or one for each. Default: `Authorization: Bearer …`.
 * @throws {TypeError} that names an option that cannot work
 */
export function jwt<const A extends JwtAlgorithm, const F extends JwtFields = StandardFields<A>>(
  options: { readonly algorithm: A; readonly fields?: F } & JwtOptions<NoInfer<F>>,
): Strategy<Completed<NoInfer<F>>, undefined> {
  const given = options as Given
  const { title, description, helpUrl, schema, baseUrl, origins, test } = given
  const plan = planOf(given)
  const strategy: AuthStrategy<Readonly<Record<string, unknown>>, undefined> = {
    title,
    description,
    helpUrl,
    schema,
    baseUrl,
    origins,
    ...(test && { test }),
    scheme: 'jwt',
    fields: plan.fields,
    apply(request, c) {
      const token = tokenFor(plan, request, c)
      return chain(token, (text) =>
        putAll(
          request,
          plan.places.map((place) => [place, `${place.prefix ?? ''}${text}`]),
        ),
      )
    },
    inspect: (response, c) => learnOffset(plan, response, c),
    redact: concealed,
  }
  return strategy as AuthStrategy as Strategy<Completed<NoInfer<F>>, undefined>
}
