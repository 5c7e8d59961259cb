/**
 * The members that a parameter may fill, of the components of authentication; undefined for other components, where any
 * may be meant. Airbyte itself fills whatever has the parameter's name and then passes over what the component does not
 * know, so that a stream's `name` and `path` would make each stream's authenticator look like another one.
 */
export function fillable(type: unknown): readonly string[] | undefined {
  return typeof type === 'string' && Object.hasOwn(members, type) ? members[type] : undefined
}

const oauth = [
  'access_token_name',
  'access_token_value',
  'client_id',
  'client_id_name',
  'client_secret',
  'client_secret_name',
  'expires_in_name',
  'grant_type',
  'grant_type_name',
  'profile_assertion',
  'refresh_request_body',
  'refresh_request_headers',
  'refresh_token',
  'refresh_token_error_key',
  'refresh_token_error_status_codes',
  'refresh_token_error_values',
  'refresh_token_name',
  'refresh_token_updater',
  'scopes',
  'send_refresh_request_as_query_params',
  'token_expiry_date',
  'token_expiry_date_format',
  'token_refresh_endpoint',
  'use_profile_assertion',
]

const jwt = [
  'additional_jwt_headers',
  'additional_jwt_payload',
  'algorithm',
  'base64_encode_secret_key',
  'header_prefix',
  'jwt_headers',
  'jwt_payload',
  'passphrase',
  'request_option',
  'secret_key',
  'token_duration',
]

const session = [
  'decoder',
  'expiration_duration',
  'login_requester',
  'request_authentication',
  'session_token_path',
]

const legacySession = [
  'header',
  'login_url',
  'password',
  'session_token',
  'session_token_response_key',
  'username',
  'validate_session_url',
]

const pool = [
  'auth_method',
  'budget_min_reserve',
  'budget_reserve_fraction',
  'header',
  'max_wait_time',
  'quota_status_source',
  'quotas',
  'token_delimiter',
  'tokens',
]

const members: Readonly<Record<string, readonly string[]>> = {
  ApiKeyAuthenticator: ['api_token', 'header', 'inject_into'],
  BasicHttpAuthenticator: ['password', 'username'],
  BearerAuthenticator: ['api_token'],
  CustomAuthenticator: [],
  JwtAuthenticator: jwt,
  LegacySessionTokenAuthenticator: legacySession,
  NoAuth: [],
  OAuthAuthenticator: oauth,
  RateLimitedMultipleTokenAuthenticator: pool,
  RequestOption: ['field_name', 'field_path', 'inject_into'],
  SelectiveAuthenticator: ['authenticator_selection_path', 'authenticators'],
  SessionTokenAuthenticator: session,
}
