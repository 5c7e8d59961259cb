import type { AuthContext, AuthStrategy, Field, Strategy, Verdict } from '@latchkey/core'
import { learnClock } from '@latchkey/core/http'
import { signRequest, type Signing } from './apply.ts'
import { fieldsFor, type KeyFields, type RoleFields, type ScopeFields } from './fields.ts'
import { checkKeys, credentialsOf, type AwsCredentials, type AwsKeys, type AwsProvider } from './identity.ts'
import { keysEnded } from './rejection.ts'
import { assumeRole, toleratedMs, type AssumeRole } from './sts.ts'

const scheme = 'aws-sigv4'

/** What a strategy says besides how it signs. */
export type About = Pick<
  AuthStrategy,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'test'
>

/** How requests are signed, and where the keys come from: the form, unless `credentials` finds them. */
export interface AwsSigV4Options extends Signing, About {
  /** Finds the keys in the form's place; what it gives is stored, and asked for again when it ends or is rejected. */
  readonly credentials?: AwsProvider
  /** Signs with the temporary keys of a role that the keys may assume; the form asks for the role. */
  readonly assumeRole?: AssumeRole
}

type Given = { readonly [K in keyof (KeyFields & RoleFields & ScopeFields)]?: string | undefined }

/**
 * AWS Signature Version 4, in a header or a presigned URL. Region and service: option, else field, else the host's name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @throws {TypeError} that names an option that cannot work
 */
export function awsSigV4(
  options: AwsSigV4Options & { readonly credentials: AwsProvider; readonly assumeRole: AssumeRole },
): Strategy<RoleFields & ScopeFields, AwsCredentials>
export function awsSigV4(
  options: AwsSigV4Options & { readonly assumeRole: AssumeRole },
): Strategy<KeyFields & RoleFields & ScopeFields, AwsCredentials>
export function awsSigV4(
  options: AwsSigV4Options & { readonly credentials: AwsProvider },
): Strategy<ScopeFields, AwsCredentials>
export function awsSigV4(options?: AwsSigV4Options): Strategy<KeyFields & ScopeFields, undefined>
export function awsSigV4(options: AwsSigV4Options = {}): unknown {
  const { service, region, in: place, expiresIn, payload, credentials, assumeRole: role, ...about } = options
  check(options)
  const earned = credentials !== undefined || role !== undefined
  const signing = (settings: Given): Signing => ({
    ...(place && { in: place }),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(payload && { payload }),
    ...scopeOf(options, settings),
  })
  const fixed = region !== undefined && service !== undefined ? signing({}) : undefined

  const basis = async (c: AuthContext<Given>): Promise<AwsCredentials> =>
    credentials === undefined ? fromForm(c.settings) : credentialsOf(await credentials(c))

  const strategy: AuthStrategy<Given, AwsCredentials | undefined> = {
    ...about,
    scheme,
    fields: fieldsFor(options) satisfies Readonly<Record<string, Field>>,
    ...(earned && {
      async acquire(c) {
        const keys = await basis(c)
        if (role === undefined) return keys
        const { roleArn = '', externalId } = c.settings
        const at = role.region ?? scopeOf(options, c.settings).region ?? 'us-east-1'
        return assumeRole(c, keys, { arn: roleArn, externalId, region: at }, role)
      },
    }),
    apply: (request, c) =>
      signRequest(request, c.credentials ?? fromForm(c.settings), fixed ?? signing(c.settings), c),
    inspect(response, c) {
      if (response.status < 400 || response.status > 403) return undefined
      if (learnClock(response, c, toleratedMs)) return 'retry'
      if (!earned) return undefined
      const verdict = (ended: boolean): Verdict => (ended ? 'renew' : undefined)
      const ended = keysEnded(response)
      return ended instanceof Promise ? ended.then(verdict) : verdict(ended)
    },
  }
  return strategy
}

function scopeOf({ region, service }: Signing, settings: Given): Pick<Signing, 'region' | 'service'> {
  const at = region ?? settings.region
  const what = service ?? settings.service
  return { ...(at && { region: at }), ...(what && { service: what }) }
}

function fromForm({ accessKeyId = '', secretAccessKey = '', sessionToken }: Given): AwsKeys {
  const keys = { accessKeyId, secretAccessKey, sessionToken }
  checkKeys(keys, 'settings_invalid')
  return keys
}

function check({
  service,
  region,
  in: place = 'header',
  expiresIn = 3600,
  payload,
  assumeRole,
}: AwsSigV4Options): void {
  const refuse = (what: string): never => {
    throw new TypeError(`awsSigV4: ${what}`)
  }
  // A slash would end its part of the credential scope.
  if (service !== undefined && !/^[\w.-]+$/.test(service))
    refuse('service must be a signing name, such as "s3"')
  if (region !== undefined && !/^[\w*.-]+$/.test(region))
    refuse('region must be a region, such as "eu-west-1"')
  if (!['header', 'query'].includes(place)) refuse('in must be header or query')
  if (!['signed', 'unsigned', undefined].includes(payload)) refuse('payload must be signed or unsigned')
  if (!(Number.isInteger(expiresIn) && expiresIn >= 1 && expiresIn <= 604_800))
    refuse('expiresIn must be whole seconds, 1 to 604,800')
  const { sessionName = 'latchkey', durationSeconds = 3600, url = 'https://sts' } = assumeRole ?? {}
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    refuse('assumeRole.sessionName must be 2 to 64 of A-Z a-z 0-9 _+=,.@-')
  if (!(Number.isInteger(durationSeconds) && durationSeconds >= 900 && durationSeconds <= 43_200))
    refuse('assumeRole.durationSeconds must be whole seconds, 900 to 43,200')
  if (!/^https:/.test(url) || !URL.canParse(url)) refuse('assumeRole.url must be an https URL')
}
