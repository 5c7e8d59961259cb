import { AuthError, type AuthStrategy, type Credentials } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'
import { reachFor } from './origins.ts'
import { clientFields, extend, givenFor, meant, runTest, type Plan } from './plan.ts'
import { refreshWith } from './refresh.ts'
import { tokenless } from './tokenless.ts'

/** `oauth2` and `oauth-managed`: the refresh and the tokens of the definition, the rules of ours. */
export function byTokens(plan: Plan): AuthStrategy {
  const { definition, options, fields } = plan
  const { test, refresh, scheme, extend: extendRequest } = definition
  const { oauth = {} } = options
  const isManaged = scheme === 'oauth-managed' && oauth.tokenUrl === undefined && oauth.issuer === undefined
  const strategy = oauth2({
    ...oauth,
    scheme,
    fieldNames: clientFields,
    ...(isManaged && { managed: true }),
    ...(extendRequest && {
      extendRequest: ({ settings, auth }) => extend(plan, settings, auth),
    }),
    ...(test && {
      testAuthentication: (request, { settings, auth }) => runTest(plan, test, request, settings, auth),
    }),
    ...(refresh && {
      refreshAccessToken: async (send, { settings, auth }) => {
        const known = { settings, credentials: undefined }
        const given = givenFor(plan, settings, auth)
        const check = await reachFor(plan.places, options, known, [given.auth.refreshTokenUrl])
        const { refreshTokenUrl } = given.auth
        const base = await tokenless(definition, given)
        const call = { refresh, send, settings: given.settings, auth, refreshTokenUrl, base, check }
        return await meant('refreshAccessToken', scheme, () => refreshWith(call))
      },
    }),
  })
  const named = Object.fromEntries(
    Object.entries(strategy.fields).map(([name, field]) => [
      name,
      // A definition that refreshes itself may have its client elsewhere, and its consent at Segment.
      refresh === undefined && name !== clientFields.authorizationUrl ? field : { ...field, required: false },
    ]),
  )
  const { authorize } = strategy
  const isEarned = refresh !== undefined && authorize === undefined
  return {
    ...strategy,
    apply(request, c: Parameters<typeof strategy.apply>[1]) {
      // Where nothing can be earned here, the core asks nobody for what is not there.
      if ((c.credentials as unknown) === undefined)
        throw new AuthError(
          'credentials_missing',
          'Nobody has signed in yet; give credentials, or the option oauth.',
          {
            scheme,
          },
        )
      return strategy.apply(request, c)
    },
    fields: { ...fields, ...(refresh && { [clientFields.tokenUrl]: tokenUrlField }), ...named },
    // At home the first request is refused and refreshed; a definition that needs a person's token then says so.
    ...(isEarned && {
      acquire: (c) => strategy.refresh?.({ ...c, credentials: {} }) as Promise<Credentials>,
    }),
  } as AuthStrategy
}

/** Segment tells it to `refreshAccessToken`, where the client was set up with one. */
const tokenUrlField = {
  type: 'string',
  label: 'Token URL',
  format: 'url',
  public: true,
  owner: 'app',
} as const
