import type { Json, PartialField, Strategy } from '@latchkey/core'
import { jwt } from './jwt.ts'
import type { Completed, JwtFields } from './options.ts'

const appKey = { type: 'string', label: 'Workspace key', required: true, public: true, owner: 'app' } as const
const appSecret = { type: 'password', label: 'Workspace secret', required: true, owner: 'app' } as const
const user = { type: 'string', label: 'User id', required: true, public: true } as const

/** A form without fields of one's own. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- there is nothing in it
type NoFields = Readonly<Record<never, PartialField>>

interface PlatformFields {
  readonly workspaceKey: typeof appKey
  readonly workspaceSecret: typeof appSecret
  readonly userId: typeof user
}

/** The form of a platform token, with fields of one's own. */
export type PlatformForm<F extends JwtFields> = PlatformFields & F

/** What a platform token says besides who the user is. */
export interface PlatformOptions<F extends JwtFields> {
  /** Fields besides `workspaceKey` and `workspaceSecret`, which the operator fills in, and `userId`. */
  readonly fields?: F
  /** The claim `fields`: what is known of the user, a template. Default `{}`. */
  readonly userFields?: { readonly [name: string]: Json }
}

/** Membrane's `membrane-token`: `X-Membrane-Token` and, with the same value, `X-Integration-App-Token`. */
export function membraneToken<const F extends JwtFields = NoFields>(
  options: PlatformOptions<F> = {},
): Strategy<Completed<PlatformForm<NoInfer<F>>>, undefined> {
  return platformToken(['X-Membrane-Token', 'X-Integration-App-Token'], options)
}

/** Membrane's older `integration-app-token`: `X-Integration-App-Token` alone. */
export function integrationAppToken<const F extends JwtFields = NoFields>(
  options: PlatformOptions<F> = {},
): Strategy<Completed<PlatformForm<NoInfer<F>>>, undefined> {
  return platformToken(['X-Integration-App-Token'], options)
}

function platformToken<F extends JwtFields>(
  names: readonly string[],
  { fields, userFields = {} }: PlatformOptions<F>,
): Strategy<Completed<PlatformForm<NoInfer<F>>>, undefined> {
  const form: JwtFields = { ...fields, workspaceKey: appKey, workspaceSecret: appSecret, userId: user }
  return jwt({
    algorithm: 'HS256',
    fields: form,
    key: 'workspaceSecret',
    // The platform hands the secret out, at a length of its own.
    shortSecret: true,
    iss: '{workspaceKey}',
    sub: '{userId}',
    claims: { fields: userFields },
    lifetimeMs: 3_600_000,
    placements: names.map((name) => ({ in: 'header', name })),
  }) as unknown as Strategy<Completed<PlatformForm<NoInfer<F>>>, undefined>
}

const issuer = { type: 'string', label: 'App key', required: true, public: true } as const
const shared = { type: 'password', label: 'Shared secret', required: true } as const

/** Atlassian Connect: `Authorization: JWT …` with the claim `qsh` over method, path and query. `contextPath`: `/wiki` for Confluence. */
export function atlassianConnect(
  options: { readonly contextPath?: string } = {},
): Strategy<{ readonly appKey: typeof issuer; readonly sharedSecret: typeof shared }, undefined> {
  return jwt({
    algorithm: 'HS256',
    fields: { appKey: issuer, sharedSecret: shared },
    key: 'sharedSecret',
    iss: '{appKey}',
    claims: { qsh: '{request.qsh}' },
    lifetimeMs: 180_000,
    prefix: 'JWT ',
    contextPath: options.contextPath,
  })
}

const keyName = { type: 'string', label: 'Key name', required: true, public: true } as const
const keyPem = { type: 'password', label: 'Private key', required: true, multiline: true } as const

/** Coinbase Developer Platform: a token for one method, host and path, for two minutes. Ed25519 keys are base64. */
export function coinbaseCdp(
  options: { readonly algorithm?: 'ES256' | 'EdDSA' } = {},
): Strategy<{ readonly keyName: typeof keyName; readonly privateKey: typeof keyPem }, undefined> {
  const { algorithm = 'ES256' } = options
  return jwt({
    algorithm,
    fields: { keyName, privateKey: keyPem },
    encoding: algorithm === 'EdDSA' ? 'base64' : 'text',
    kid: '{keyName}',
    iss: 'cdp',
    sub: '{keyName}',
    claims: { uri: '{request.method} {request.host}{request.path}' },
    headers: { nonce: '{random}' },
    times: ['nbf', 'exp'],
    lifetimeMs: 120_000,
  })
}
