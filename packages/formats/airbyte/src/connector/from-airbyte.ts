import { defineConnector, options, type Json } from '@latchkey/core'
import {
  invalid,
  isObject,
  nearest,
  unknownMembers,
  type Imported,
  type JsonObject,
  type Warning,
} from '@latchkey/core/definition'
import type { OAuth2Credentials } from '@latchkey/oauth2'
import { readConsent, type ConsentSpec } from '../oauth/consent-spec.ts'
import { earnedBy, withValues } from '../oauth/overlay.ts'
import { extrasKey } from '../authenticators/index.ts'
import { authenticatorsOf, resolveManifest, type StreamAuth } from '../resolve/index.ts'
import { allFields, choicesIn } from '../spec/form.ts'
import { renewalOf } from './error-handler.ts'
import { formFor, secrecyOf } from './form-for.ts'
import { variantsOf, type Variant } from './requests.ts'
import { builtOf } from './selector.ts'

/** How a manifest is read. */
export interface AirbyteOptions {
  /** Only what this stream asks for; default: every stream's, as variants where they differ. */
  readonly stream?: string | undefined
  /** Stored with each connection; default: made of the title of the specification. */
  readonly key?: string | undefined
  readonly name?: string | undefined
  /** A consent for a manifest that has none of its own: an `oauth_connector_input_specification`. */
  readonly consent?: JsonObject | undefined
  /** The form of requests for tokens; default `form`, which is what Airbyte sends. */
  readonly tokenFormat?: 'form' | 'json' | undefined
  /** Special addresses that a URL in the settings may name; the connection's `network.allow` must permit them too. */
  readonly allow?: 'loopback' | 'private' | undefined
}

const topMembers = [
  'version',
  'type',
  'check',
  'definitions',
  'streams',
  'dynamic_streams',
  'spec',
  'schemas',
  'metadata',
  'description',
  'concurrency_level',
  'api_budget',
  'stream_groups',
  'max_concurrent_async_job_count',
]
const specMembers = [
  'type',
  'connection_specification',
  'connectionSpecification',
  'documentation_url',
  'documentationUrl',
  'changelog_url',
  'changelogUrl',
  'advanced_auth',
  'config_normalization_rules',
  'supportsIncremental',
  'supported_destination_sync_modes',
]

/**
 * A connector manifest written for Airbyte, as a connector: its form, its authenticators and its consent. What is not
 * authentication (paginators, records, schemas, state) is not read.
 * @throws {AuthError} definition_invalid or unsupported, with the place in the manifest
 */
export function fromAirbyte(manifest: unknown, given: AirbyteOptions = {}): Imported {
  const warnings: Warning[] = []
  const warn = (warning: Warning): void => {
    const isKnown = warnings.some(({ path, message }) => path === warning.path && message === warning.message)
    if (!isKnown) warnings.push(warning)
  }
  const resolved = resolveManifest(manifest)
  unknownMembers(resolved, topMembers, '').forEach(warn)
  const spec = specOf(resolved)
  unknownMembers(spec, [...specMembers, '$parameters'], 'spec').forEach(warn)
  const consent = consentOf(spec, given, warn)
  const requests = requestsOf(resolved, given.stream)
  const isSecret = secrecyOf(spec)
  const variants = variantsOf(requests, ({ requester }) => extrasKey(requester, isSecret))
  if (variants.length === 0)
    warn({ path: 'streams', message: 'No stream makes a request, so that there is nothing to sign in to.' })
  const shown: readonly Variant[] =
    variants.length > 0 ? variants : [{ name: '', authenticator: undefined, at: '', requests: [] }]
  const parts = shown.map((variant) => {
    const form = formFor(variant, spec, requests, consent, warn)
    const { allow, tokenFormat } = given
    const around = { resolved, form, choices: choicesIn(form), allow, tokenFormat, warn }
    return { name: variant.name, form, built: builtOf(variant, consent, around) }
  })
  const [first] = parts as [(typeof parts)[number]]
  const taken = parts.flatMap(({ form }) => Object.keys(allFields(form)))
  const discriminator =
    ['variant', 'auth_variant'].find((name) => !taken.includes(name)) ?? 'latchkey_variant'
  const auth =
    parts.length === 1
      ? first.built.strategy
      : options(Object.fromEntries(parts.map(({ name, built }) => [name, built.strategy])), {
          discriminator,
          default: first.name,
          title: 'Streams',
        })
  const title = titleOf(spec)
  const help = spec['documentation_url'] ?? spec['documentationUrl']
  const renewWhen = renewalOf(requests.map(({ requester }) => requester['error_handler']))
  return {
    connector: defineConnector({
      key: given.key ?? keyOf(title),
      name: given.name ?? title,
      auth,
      ...(typeof help === 'string' && { helpUrl: help }),
      ...(renewWhen && { renewWhen }),
    }),
    warnings,
    settingsOf: (config) => first.form.settingsOf(config),
    configOf(settings, credentials) {
      const { form, built } = parts.find(({ name }) => name === settings[discriminator]) ?? first
      const earned = earnedBy(built.pathsOf(settings), credentials as OAuth2Credentials | undefined)
      return withValues(form.configOf(settings), earned)
    },
  }
}

function consentOf(
  spec: JsonObject,
  { consent: own }: AirbyteOptions,
  warn: (warning: Warning) => void,
): ConsentSpec | undefined {
  const advanced = spec['advanced_auth']
  if (advanced === undefined && own === undefined) return undefined
  const found: Warning[] = []
  const consent = readConsent(advanced, own, found)
  found.forEach(warn)
  if (consent.flow !== 'oauth2.0') {
    warn({
      path: `${consent.at}.auth_flow_type`,
      message: `The consent (${consent.flow}) is code of Airbyte's platform and no part of the manifest; the user gives the tokens. For OAuth 1.0a there is @latchkey/oauth1.`,
    })
    return { ...consent, shape: undefined }
  }
  if (consent.shape === undefined)
    warn({
      path: consent.at,
      message:
        "The consent is code of Airbyte's platform and no part of the manifest. The user gives a token, or the option consent names the endpoints.",
    })
  return consent
}

function requestsOf(resolved: JsonObject, stream: string | undefined): readonly StreamAuth[] {
  const all = authenticatorsOf(resolved)
  if (stream === undefined) return all
  const own = all.filter((each) => each.stream === stream)
  if (own.length > 0)
    return own.filter(({ isSecondary }) => !isSecondary || own.every((each) => each.isSecondary))
  const names = [...new Set(all.map((each) => each.stream))]
  const like = nearest(stream, names)
  const few = names.slice(0, 20).join(', ')
  const known = names.length > 20 ? `${few} and ${names.length - 20} others` : few
  throw invalid(
    'streams',
    `there is no stream "${stream}"; ${like === undefined ? `there are ${known === '' ? 'none' : known}` : `did you mean "${like}"?`}`,
  )
}

function specOf({ spec }: JsonObject): JsonObject {
  if (spec === undefined || spec === null) return {}
  if (!isObject(spec)) throw invalid('spec', 'this must be an object with a connection_specification.')
  return spec
}

function titleOf(spec: JsonObject): string {
  const schema: Json | undefined = spec['connection_specification'] ?? spec['connectionSpecification']
  const title = isObject(schema) ? schema['title'] : undefined
  const name =
    typeof title === 'string'
      ? title.replace(/\b(?:source|destination|api)?\s*(?:spec(?:ification)?)\s*$/i, '').trim()
      : ''
  return name === '' ? 'Airbyte' : name
}

/** Letters, digits and dashes. */
function keyOf(title: string): string {
  const key = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return key === '' ? 'airbyte' : key
}
