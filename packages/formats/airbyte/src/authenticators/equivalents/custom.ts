import type { AuthStrategy } from '@latchkey/core'
import { below, invalid, unsupported, type JsonObject } from '@latchkey/core/definition'
import type { StrategyOf, Where } from '../where.ts'
import { avni } from './avni.ts'
import type { Equivalent } from './equivalent.ts'
import { fixedEquivalents } from './fixed.ts'
import { oauthEquivalents } from './oauth.ts'
import { oktaKey } from './okta-key.ts'
import { sessionEquivalents } from './session.ts'
import { signedEquivalents } from './signed.ts'

const all: readonly Equivalent[] = [
  ...fixedEquivalents,
  ...oauthEquivalents,
  ...sessionEquivalents,
  ...signedEquivalents,
  oktaKey,
  avni,
]

/**
 * `CustomAuthenticator`: the code of the class is not run. Classes of Airbyte's own connectors whose schemes we have are
 * replaced, and a warning says so.
 * @throws {AuthError} unsupported naming the class for every other one
 */
export function customOf(definition: JsonObject, where: Where, strategyOf: StrategyOf): AuthStrategy {
  const { class_name: name } = definition
  const at = below(where.at, 'class_name')
  if (typeof name !== 'string' || name === '') throw invalid(at, 'this must be the name of a class.')
  const found = equivalentOf(name, definition, where)
  if (!found)
    throw unsupported(
      at,
      `the class ${name} is code of the connector, which is not run here, and no scheme for it is built in. ` +
        'Write the authenticator with a built-in type, or give the connector a strategy of its own.',
    )
  const left = found.left === undefined ? '' : ` ${found.left}`
  where.warn({
    path: at,
    message: `The class ${name} is not run: a scheme of ours does what it does.${left}`,
  })
  return found.strategy(definition, where, strategyOf)
}

function equivalentOf(name: string, definition: JsonObject, { requester }: Where): Equivalent | undefined {
  const split = name.lastIndexOf('.')
  const module = name.slice(0, Math.max(split, 0))
  const { url_base: base, url } = requester ?? {}
  const places = [module, base, url].filter((each) => typeof each === 'string')
  return all.find(
    ({ className, of, members }) =>
      className === name.slice(split + 1) &&
      (of === undefined || places.some((place) => of.test(place))) &&
      members.every((member) => (definition[member] ?? undefined) !== undefined),
  )
}
