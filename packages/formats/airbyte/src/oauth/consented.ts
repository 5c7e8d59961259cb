import type { AuthContext, AuthStrategy } from '@latchkey/core'
import { memberAt } from '@latchkey/core/definition'
import { oauth2, type OAuth2Credentials } from '@latchkey/oauth2'
import { attempt, withSettings } from '../authenticators/made.ts'
import { scopeOf, type Settings, type Where } from '../authenticators/where.ts'
import { standardAnswer } from './answer.ts'
import { consentAnswer, consentOptions, otherOutputs } from './consent.ts'
import type { ConsentShape, ConsentSpec } from './consent-spec.ts'
import { earnedBy, withValues, type EarnedPaths } from './overlay.ts'

type Context = AuthContext<Settings>
type Own = AuthStrategy<Settings, OAuth2Credentials>

const names = { accessToken: 'access_token', refreshToken: 'refresh_token', expiresIn: 'expires_in' }

/**
 * An authenticator that reads what a consent brings: `make` makes it, and its configuration has what was earned. Until
 * somebody consents, what the form itself gives is used.
 */
export function consented(
  spec: ConsentSpec,
  shape: ConsentShape,
  paths: EarnedPaths,
  where: Where,
  make: (where: Where) => AuthStrategy,
): AuthStrategy {
  const current = currentSettings(paths, where)
  const reading = make({ ...where, configOf: current.configOf })
  const signIn = consentOf(spec, shape, where)
  const { authorize } = signIn
  const inside = <C extends Context>(c: C): C => {
    const scope = scopeOf(where, c)
    const text = (name: string): string | undefined => {
      const value = memberAt(scope.config, spec.operator[name] ?? [name])
      return typeof value === 'string' ? value : undefined
    }
    return withSettings(c, { clientId: text('client_id'), clientSecret: text('client_secret'), scope })
  }
  const strategy: Own = {
    scheme: 'oauth2',
    fields: where.fields,
    acquire(c) {
      const [given] = [paths.accessToken, ...Object.values(paths.others ?? {})].flatMap((path) =>
        path === undefined ? [] : [memberAt(where.configOf(c.settings), path)],
      )
      return Promise.resolve(given === undefined || given === '' ? undefined : {})
    },
    ...(authorize && {
      authorize: {
        begin: (c) => authorize.begin(inside(c)),
        complete: (c) => authorize.complete(inside(c)),
      },
    }),
    apply: (request, c) => reading.apply(request, current.of(c, c.credentials)),
    async inspect(response, c) {
      const verdict = await reading.inspect?.(response, current.of(c, c.credentials))
      // Nothing renews what a consent has brought: a person must act, where the answer says so.
      const { refreshToken: _, ...credentials } = c.credentials
      const bare = Object.create(c, { credentials: { value: credentials } }) as typeof c
      return verdict ?? (await signIn.inspect?.(response, bare))
    },
    ...(reading.redact && {
      redact: (text, c) => reading.redact?.(text, current.of(c, c.credentials)) ?? text,
    }),
  }
  return strategy
}

/** Settings that stand for a configuration with what was earned; the same ones as long as the credentials last. */
function currentSettings(
  paths: EarnedPaths,
  where: Where,
): {
  configOf: Where['configOf']
  of: <C extends Context>(c: C, credentials: OAuth2Credentials) => C
} {
  const made = new WeakMap<OAuth2Credentials, { readonly base: Settings; readonly settings: Settings }>()
  const earned = new WeakMap<Settings, OAuth2Credentials>()
  return {
    configOf: (settings) => withValues(where.configOf(settings), earnedBy(paths, earned.get(settings))),
    of(c, credentials) {
      const before = made.get(credentials)
      const base = c.settings
      const settings = before?.base === base ? before.settings : { ...base }
      made.set(credentials, { base, settings })
      earned.set(settings, credentials)
      return withSettings(c, settings)
    },
  }
}

function consentOf(spec: ConsentSpec, shape: ConsentShape, where: Where): Own {
  const others = otherOutputs(spec.outputs)
  const standard = (body: unknown): ReturnType<typeof standardAnswer> => standardAnswer(body, names)
  return attempt(
    shape.at,
    () =>
      oauth2({
        ...consentOptions(spec, shape, where.warn),
        endpointOrigins: ['https://*'],
        response: {
          body: (body) => consentAnswer(body, spec, standard, names.refreshToken),
          ...(others.length > 0 && {
            keep: Object.fromEntries(others.map(({ name }) => [name, ['outputs', name]])),
          }),
        },
      }) as unknown as Own,
  )
}
