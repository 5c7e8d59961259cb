import type { Json } from '@latchkey/core'
import { isObject, type JsonObject } from '@latchkey/core/definition'

/** What components of authentication are made of; `$parameters` may fill any of these by name. */
const meant = new Set([
  'type',
  'class_name',
  'api_token',
  'inject_into',
  'header',
  'field_name',
  'field_path',
  'username',
  'password',
  'secret_key',
  'algorithm',
  'base64_encode_secret_key',
  'token_duration',
  'header_prefix',
  'jwt_headers',
  'jwt_payload',
  'additional_jwt_headers',
  'additional_jwt_payload',
  'passphrase',
  'request_option',
  'client_id',
  'client_secret',
  'client_id_name',
  'client_secret_name',
  'refresh_token_name',
  'grant_type_name',
  'token_refresh_endpoint',
  'refresh_token',
  'grant_type',
  'access_token_name',
  'expires_in_name',
  'access_token_value',
  'token_expiry_date',
  'token_expiry_date_format',
  'scopes',
  'refresh_request_body',
  'refresh_request_headers',
  'send_refresh_request_as_query_params',
  'refresh_token_error_status_codes',
  'refresh_token_error_key',
  'refresh_token_error_values',
  'refresh_token_updater',
  'profile_assertion',
  'use_profile_assertion',
  'login_requester',
  'session_token_path',
  'expiration_duration',
  'request_authentication',
  'decoder',
  'login_url',
  'session_token_response_key',
  'validate_session_url',
  'session_token',
  'authenticator_selection_path',
  'authenticators',
  'tokens',
  'token_delimiter',
  'auth_method',
  'quota_status_source',
  'quotas',
  'max_wait_time',
  'budget_reserve_fraction',
  'budget_min_reserve',
])

/**
 * An authenticator without what `$parameters` put on it that no authenticator has (a stream's name or path), so that what
 * is alike is seen to be alike. The parameters themselves stay where a template reads them.
 */
export function authOnly(authenticator: JsonObject): JsonObject {
  const bare = stripped(authenticator, false)
  return /\bparameters\b/.test(JSON.stringify(bare)) ? stripped(authenticator, true) : bare
}

function stripped(component: JsonObject, keepsParameters: boolean): JsonObject {
  const parameters = component['$parameters']
  const { type } = component
  const isAuth = typeof type === 'string' && /(?:Authenticator|NoAuth|RequestOption)$/.test(type)
  const isStray = (name: string): boolean =>
    isAuth &&
    type !== 'CustomAuthenticator' &&
    isObject(parameters) &&
    Object.hasOwn(parameters, name) &&
    !meant.has(name)
  return Object.fromEntries(
    Object.entries(component)
      .filter(([name]) => !isStray(name) && (keepsParameters || name !== '$parameters'))
      .map(([name, value]) => [name, name === '$parameters' ? value : within(value, keepsParameters)]),
  )
}

function within(value: Json | undefined, keepsParameters: boolean): Json | undefined {
  if (Array.isArray(value))
    return (value as readonly Json[]).map((each) => within(each, keepsParameters) ?? null)
  return isObject(value) ? stripped(value, keepsParameters) : value
}
