import type { KyInstance } from 'ky'
import { initFor, locate, outgoing, takeCall, unknownBase } from './connection/call.ts'
import { createConsent } from './connection/consent.ts'
import { createGrant, forCaller, type Grant, type Held } from './connection/grant.ts'
import { checkAddresses, trustedOrigins } from './connection/reach.ts'
import { another, authenticatedFetch, conceal, mustReach, sign, type Sender } from './connection/send.ts'
import { emit, secretsFor, type Setup } from './connection/setup.ts'
import { prove, questionsFor } from './connection/prove.ts'
import { endCredentials, markRejected, statusOf } from './connection/state.ts'
import type { ApplyOptions, Connection, ConnectOptions, Target } from './connection/types.ts'
import { verdictOf } from './connection/verdict.ts'
import { isConnector, type Connector } from './connector.ts'
import { AuthError } from './errors.ts'
import { checkSchema, checkSettings, type Checked } from './fields/settings.ts'
import { kyFor } from './http/ky.ts'
import { matchesOrigin } from './http/origin.ts'
import { redact } from './http/redact.ts'
import { renderUrl } from './http/url-template.ts'
import { memoryStore } from './store/memory.ts'
import type { AuthStrategy, CredentialsOf, Json, OutgoingRequest } from './strategy.ts'
import { createWorld } from './world/world.ts'

const defaultLeewayMs = 300_000
const defaultTimeoutMs = 15_000

/**
 * Connects one account: checks the settings at once, talks to nobody until the first request.
 * @throws {AuthError} settings_invalid with every faulty field
 * @throws {TypeError} that names the option, for a mistake in code
 */
export function connect<A extends AuthStrategy>(
  target: Target<A>,
  options: ConnectOptions<A>,
): Connection<CredentialsOf<A>> {
  return openConnection(setupFor(target, options), options.signal).connection as Connection<CredentialsOf<A>>
}

/** What `connect` works out before anything is sent. */
export function setupFor<A extends AuthStrategy>(target: Target<A>, options: ConnectOptions<A>): Setup {
  const connector: Omit<Connector, 'name'> = isConnector(target)
    ? target
    : { key: target.scheme, auth: target }
  const { auth } = connector
  const addresses = {
    baseUrl: options.baseUrl ?? connector.baseUrl,
    origins: options.origins ?? (options.baseUrl === undefined ? connector.origins : undefined),
    originPatterns: options.baseUrl === undefined ? connector.originPatterns : undefined,
  }
  checkAddresses('connect()', {
    ...addresses,
    baseUrl: addresses.baseUrl ?? auth.baseUrl,
    origins: addresses.origins ?? auth.origins,
  })
  const checked = checkSettings(auth, options.settings)
  // Whoever connects may put another address in the place of all that code names: a sandbox, a test server.
  const form = options.baseUrl === undefined ? checked : { ...checked, leaf: moved(checked.leaf) }
  if (
    [addresses.origins, addresses.baseUrl, form.leaf.origins, form.leaf.baseUrl].every(
      (named) => named === undefined,
    )
  ) {
    throw new TypeError(
      `connect(): origins must say where the credentials of "${connector.key}" may go, such as ['https://api.example.com']`,
    )
  }
  const world = createWorld({
    ...options,
    trustedOrigins: [...trustedOrigins(addresses), ...trustedOrigins(form.leaf)],
  })
  return {
    key: options.key ?? connector.key,
    connector,
    addresses,
    world,
    store: options.store ?? memoryStore({ now: world.now }),
    leewayMs: options.leewayMs ?? defaultLeewayMs,
    timeoutMs: options.network?.timeoutMs ?? defaultTimeoutMs,
    allow: options.network?.allow,
    memory: new Map(),
    onEvent: options.onEvent,
    seed: options.credentials,
    form,
    ready: schemasOf(checked),
    stored: userSettings(form),
  }
}

function moved(leaf: AuthStrategy): AuthStrategy {
  return { ...leaf, baseUrl: undefined, origins: undefined }
}

/** Checks across fields: at once where the schema answers at once. */
function schemasOf({ path, settings, fields }: Checked): Promise<void> | undefined {
  const verdicts = path.flatMap(({ schema }) => {
    const verdict = schema && checkSchema(schema, settings, fields)
    return verdict instanceof Promise ? [verdict] : []
  })
  if (verdicts.length === 0) return undefined
  const ready = Promise.all(verdicts).then(() => undefined)
  // Whoever uses the connection first meets the rejection.
  ready.catch(() => undefined)
  return ready
}

/** The operator's own values are not part of a user's record. */
export function userSettings({ fields, settings }: Checked): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => fields[name]?.owner !== 'app'),
  ) as Record<string, Json>
}

/** Where relative URLs of ky start: what can be known now, else a stand-in that each request replaces. */
function baseOf({ addresses, form, allow, adopt }: Setup): string | undefined {
  const baseUrl = form.leaf.baseUrl ?? addresses.baseUrl
  if (adopt) return unknownBase
  return typeof baseUrl === 'string' ? renderUrl(baseUrl, form.settings, { allow }) : baseUrl && unknownBase
}

function isOpen(request: Request | OutgoingRequest): request is OutgoingRequest {
  return typeof request.url !== 'string'
}

/** A connection over a setup, however that was come by. */
export function openConnection(
  setup: Setup,
  signal?: AbortSignal,
): { readonly connection: Connection; readonly grant: Grant } {
  const grant = createGrant(setup)
  const { world } = setup
  const sender: Sender = {
    grant,
    send: world.fetch,
    signal,
    leaves: true,
    reconnect: (held) => reject(held),
    sleep: (ms, own) => world.sleep(ms, own),
  }
  const fetch = authenticatedFetch(sender)
  const bounded = authenticatedFetch({ ...sender, send: world.guarded, leaves: false })
  let http: KyInstance | undefined
  const either = (own: AbortSignal | undefined): AbortSignal | undefined =>
    own && signal ? AbortSignal.any([own, signal]) : (own ?? signal)

  async function reject(held: Held): Promise<void> {
    const { record } = held
    const failure = new AuthError(
      'credentials_rejected',
      `${setup.connector.key} says that the account must be connected again`,
      {
        scheme: held.setup.form.leaf.scheme,
      },
    )
    if (record !== undefined) {
      const { code, message } = failure
      await markRejected(held.setup, record, { code, message, at: world.now() })
      grant.forget()
    }
    emit(held.setup, 'connection.rejected', { failure, version: record?.version })
  }

  /** What a request was signed with, so that its response is judged by that; undefined: it is being signed. */
  const signers = new WeakMap<object, Held | undefined>()

  async function apply(
    request: Request | OutgoingRequest,
    { origins = [] }: ApplyOptions = {},
  ): Promise<Request | undefined> {
    if (!isOpen(request)) {
      const call = await takeCall(request, undefined, locate(request, undefined).href)
      const open = outgoing(call)
      const held = await put(open, origins, either(request.signal))
      const init = { ...initFor(call, open, undefined), redirect: request.redirect }
      const signed = new Request(open.url, init)
      signers.set(signed, held)
      return signed
    }
    await put(request, origins, signal)
    return undefined
  }

  async function put(
    open: OutgoingRequest,
    origins: readonly string[],
    own: AbortSignal | undefined,
  ): Promise<Held> {
    if (signers.has(open) && signers.get(open) === undefined) {
      throw new AuthError(
        'definition_invalid',
        `The connection "${setup.key}" authenticates through itself, directly or by way of others`,
        { scheme: setup.form.leaf.scheme },
      )
    }
    signers.set(open, undefined)
    const held = grant.current() ?? (await grant.ensure(own))
    const check = ({ href, origin }: URL): void => {
      if (!origins.some((pattern) => matchesOrigin(pattern, origin))) mustReach(href, held)
    }
    check(open.url)
    await sign(open, held)
    check(open.url)
    signers.set(open, held)
    return held
  }

  const connection: Connection = {
    key: setup.key,
    fetch,
    get http() {
      return (http ??= kyFor(fetch, baseOf(setup)))
    },
    apply: apply as Connection['apply'],
    async inspect(response, request) {
      const own = isOpen(request) ? signal : either(request.signal)
      const held = signers.get(request) ?? (await grant.ensure(own))
      const open = isOpen(request) ? request : outgoing(await takeCall(request.url, request, request.url))
      const verdict = await verdictOf(response, held, open)
      if (verdict !== undefined) return (await another(sender, verdict, held, new Set(), own)) !== undefined
      grant.accept(held)
      return false
    },
    redact(text) {
      const recent = grant.recent()
      return recent.length > 0 ? recent.reduce(conceal, text) : redact(text, secretsFor(setup, setup.seed))
    },
    async credentials(own) {
      const held = grant.current() ?? (await grant.ensure(either(own?.signal)))
      return held.context.credentials
    },
    test: (own) =>
      forCaller(
        grant.ensure().then((held) => prove(held, bounded)),
        either(own?.signal),
      ),
    authorize: createConsent(setup, grant),
    async refresh(own) {
      await grant.force(either(own?.signal))
    },
    revoke: () => endCredentials(setup, grant),
    status: () => statusOf(setup),
    questions: async () => questionsFor(await grant.ensure(signal), bounded),
    close: () => grant.close(),
  }
  return { connection, grant }
}
