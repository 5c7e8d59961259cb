import { isObject, type JsonObject, type SchemaForm, type Warning } from '@latchkey/core/definition'
import type { ConsentSpec } from '../oauth/consent-spec.ts'
import type { StreamAuth } from '../resolve/index.ts'
import { allFields, manifestForm } from '../spec/form.ts'
import { referencesIn, secretsIn } from './references.ts'
import type { Variant } from './requests.ts'
import { selectionPath } from './selector.ts'

/** Which places of the configuration the schema calls secret. */
export function secrecyOf(spec: JsonObject): (path: readonly string[]) => boolean {
  const nothing = { operator: {}, read: [], earned: [], secrets: [], rolled: [], decisive: [] }
  const fields = allFields(manifestForm(spec, nothing, () => undefined))
  return (path) => {
    const field = fields[path.join('.')]
    return field !== undefined && field.public !== true
  }
}

/** The form as one variant reads it. */
export function formFor(
  variant: Variant,
  spec: JsonObject,
  requests: readonly StreamAuth[],
  consent: ConsentSpec | undefined,
  warn: (warning: Warning) => void,
): SchemaForm {
  const selection = selectionPath(variant, consent)
  const branchesAt = selection?.slice(0, -1)
  const offered = consent?.shape === undefined ? undefined : consent
  const updaters = requests.flatMap(({ authenticator }) => updatersIn(authenticator))
  return manifestForm(
    spec,
    {
      ...(branchesAt && branchesAt.length > 0 && { branchesAt }),
      operator: offered?.operator ?? {},
      read: [
        ...(variant.authenticator?.['type'] === 'SelectiveAuthenticator' && selection ? [selection] : []),
        ...variant.requests.flatMap(({ requester, urlBase }) =>
          referencesIn([requester['authenticator'], urlBase]),
        ),
      ],
      earned: [...(offered?.outputs.map(({ configPath }) => configPath) ?? []), ...updaters],
      secrets: requests.flatMap(({ authenticator }) => secretsIn(authenticator)),
      rolled: requests.flatMap(({ authenticator }) => secretsIn(authenticator, ['client_secret'])),
      decisive: [
        ...Object.values({ ...offered?.inputs, ...offered?.operator }),
        ...requests.flatMap(({ requester }) => referencesIn(deciding.map((name) => requester[name]))),
      ],
    },
    warn,
  )
}

/** The parts of a requester that say who asks, and whom. */
const deciding = ['authenticator', 'url_base', 'url', 'request_headers', 'request_parameters']

/** Where single-use tokens are kept: an access token that is not given is earned. */
function updatersIn(authenticator: JsonObject | undefined): (readonly string[])[] {
  if (authenticator === undefined) return []
  const branches = authenticator['authenticators']
  const own = authenticator['refresh_token_updater']
  const paths = isObject(own)
    ? ['access_token', 'token_expiry_date'].map((name) => {
        const path = own[`${name}_config_path`]
        return Array.isArray(path) ? path.map(String) : ['credentials', name]
      })
    : []
  return [
    ...paths,
    ...(isObject(branches) ? Object.values(branches).filter(isObject).flatMap(updatersIn) : []),
  ]
}
