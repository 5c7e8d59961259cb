// How each provider differs: the shape of what it asks and answers, as its documentation says.
import { form, json } from './http.mjs'
import { account, api, item, refusal } from './api.mjs'
import { google, spotify } from './machines.mjs'

/** The usual token endpoint: form in, JSON out. `speak` makes the answer of a grant, `once`: single-use refresh tokens. */
const tokenEndpoint =
  ({ speak, fault = refusal, once = false, seconds = 3600, parameters = ({ form }) => form }) =>
  ({ ledger, client }, request) => {
    const given = parameters(request)
    if (given.client_id !== client.id || given.client_secret !== client.secret)
      return fault('invalid_client', 'client authentication failed', 401)
    const own = { client: client.id }
    const isRefresh = given.grant_type === 'refresh_token'
    const grant = isRefresh
      ? ledger.refreshed({ ...own, token: given.refresh_token, once })
      : ledger.redeem({
          ...own,
          code: given.code,
          redirectUri: given.redirect_uri,
          verifier: given.code_verifier,
        })
    if (grant === undefined)
      return fault('invalid_grant', isRefresh ? 'refresh token not found' : 'code not found')
    const tokens = ledger.issue(grant, { seconds, refreshable: once || !isRefresh })
    return speak({ refreshToken: given.refresh_token, ...tokens, scope: grant.scope, isRefresh, seconds })
  }

// https://developer.squareup.com/reference/square/oauth-api/obtain-token
const square = {
  name: 'Square',
  pkce: false,
  routes: {
    'POST connect.squareup.com/oauth2/token': tokenEndpoint({
      parameters: ({ json }) => json,
      fault: (error, said) =>
        json(
          { message: error === 'invalid_client' ? 'Not Authorized' : said, type: 'service.not_authorized' },
          401,
        ),
      speak: ({ accessToken, refreshToken, seconds }) =>
        json({
          access_token: accessToken,
          token_type: 'bearer',
          // Airbyte's documentation of Square: a date without a zone.
          expires_at: new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19),
          merchant_id: account.id,
          refresh_token: refreshToken,
          short_lived: false,
        }),
    }),
    'POST connect.squareup.com/oauth2/revoke': ({ ledger, client }, { headers, json: given }) => {
      if (headers.authorization !== `Client ${client.secret}` || given.client_id !== client.id)
        return json({ message: 'Not Authorized', type: 'service.not_authorized' }, 401)
      ledger.revoke(given.access_token)
      return json({ success: true })
    },
    'GET connect.squareup.com/v2/merchants/me': api(() =>
      json({ merchant: { id: account.id, business_name: account.name } }),
    ),
    'GET connect.squareup.com/v2/catalog/list': api(() => json({ objects: [{ item_data: { name: item } }] })),
  },
  authorize: 'GET connect.squareup.com/oauth2/authorize',
}

// https://docs.slack.dev/authentication/installing-with-oauth, https://docs.slack.dev/authentication/using-token-rotation
const slackFaults = { invalid_client: 'bad_client_secret', invalid_grant: 'invalid_code' }
const slackRefused = (held) => json({ ok: false, error: held?.ended ? 'token_expired' : 'invalid_auth' })
const slack = {
  name: 'Slack',
  authorize: 'GET slack.com/oauth/v2/authorize',
  routes: {
    'POST slack.com/api/oauth.v2.access': tokenEndpoint({
      once: true,
      seconds: 43_200,
      fault: (error, said) =>
        json({ ok: false, error: said.startsWith('refresh') ? 'invalid_refresh_token' : slackFaults[error] }),
      speak: ({ accessToken, refreshToken, scope, isRefresh, seconds }) =>
        json({
          ok: true,
          access_token: accessToken,
          refresh_token: refreshToken,
          expires_in: seconds,
          token_type: 'bot',
          scope,
          bot_user_id: 'B-1',
          team: { id: 'T-1', name: 'Engines' },
          ...(!isRefresh && {
            authed_user: {
              id: account.id,
              scope: 'users:read',
              access_token: `user-of-${accessToken}`,
              token_type: 'user',
            },
          }),
        }),
    }),
    'POST slack.com/api/auth.test': api(
      () => json({ ok: true, team: 'Engines', user: account.name, team_id: 'T-1', user_id: account.id }),
      slackRefused,
    ),
    'GET slack.com/api/conversations.list': api(
      () => json({ ok: true, channels: [{ name: item }] }),
      slackRefused,
    ),
  },
}

// https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps and troubleshooting there
const githubFaults = {
  invalid_client: 'incorrect_client_credentials',
  invalid_grant: 'bad_verification_code',
}
/** Form-encoded, unless JSON is asked for; refusals have the status 200. */
const asGithub = ({ headers }, value) => ((headers.accept ?? '').includes('json') ? json(value) : form(value))
const githubToken = (context, request) => {
  const { ledger, client, devices } = context
  const { grant_type: type, device_code: device } = request.form
  const refuse = (error, error_description) => asGithub(request, { error, error_description })
  const speak = ({ accessToken, refreshToken, scope, seconds }) =>
    asGithub(request, {
      access_token: accessToken,
      expires_in: seconds,
      refresh_token: refreshToken,
      refresh_token_expires_in: 15_811_200,
      scope: (scope ?? '').replaceAll(' ', ','),
      token_type: 'bearer',
    })
  if (type !== 'urn:ietf:params:oauth:grant-type:device_code') {
    // The secret is not needed for what came of the device flow.
    const parameters = ({ form: given }) =>
      given.client_secret === undefined && ledger.isOfDevice(given.refresh_token)
        ? { ...given, client_secret: client.secret }
        : given
    const fault = (error, said) =>
      refuse(said.startsWith('refresh') ? 'bad_refresh_token' : githubFaults[error], said)
    return tokenEndpoint({ once: true, seconds: 28_800, parameters, fault, speak })(context, request)
  }
  const asked = devices.get(device)
  if (asked === undefined || request.form.client_id !== client.id)
    return refuse('incorrect_device_code', 'unknown')
  // RFC 8628 section 3.5.
  const early = asked.last !== undefined && Date.now() - asked.last < asked.interval * 1000 - 50
  asked.last = Date.now()
  if (early) return refuse('slow_down', 'too many requests')
  if (asked.answer === undefined) return refuse('authorization_pending', 'not yet')
  devices.delete(device)
  if (asked.answer !== 'allow') return refuse('access_denied', 'the person said no')
  return speak({
    ...ledger.issue({ client: client.id, scope: asked.scope, device: true }, { seconds: 28_800 }),
    scope: asked.scope,
    seconds: 28_800,
  })
}
const github = {
  name: 'GitHub',
  authorize: 'GET github.com/login/oauth/authorize',
  routes: {
    'POST github.com/login/oauth/access_token': githubToken,
    'POST github.com/login/device/code': ({ client, devices, newDevice }, request) =>
      request.form.client_id === client.id
        ? asGithub(request, newDevice(devices, request.form.scope))
        : asGithub(request, { error: 'incorrect_client_credentials', error_description: 'unknown client' }),
    'GET api.github.com/user': api(
      () => json({ id: 1, login: account.name }),
      () => json({ message: 'Bad credentials' }, 401),
    ),
    'GET api.github.com/user/repos': api(
      () => json([{ name: item }]),
      () => json({ message: 'Bad credentials' }, 401),
    ),
  },
}

// https://developers.smartsheet.com/api/smartsheet/openapi/tokens
const smartsheetRefused = (held) =>
  held?.ended
    ? json({ errorCode: 1003, message: 'Your Access Token has expired.' }, 401)
    : json({ errorCode: 1002, message: 'Your Access Token is invalid.' }, 401)
const smartsheet = {
  name: 'Smartsheet',
  authorize: 'GET app.smartsheet.com/b/authorize',
  routes: {
    'POST api.smartsheet.com/2.0/token': tokenEndpoint({
      once: true,
      seconds: 604_799,
      speak: ({ accessToken, refreshToken, seconds }) =>
        json({
          access_token: accessToken,
          token_type: 'bearer',
          refresh_token: refreshToken,
          expires_in: seconds,
        }),
    }),
    'GET api.smartsheet.com/2.0/users/me': api(() => json({ id: 1, email: account.name }), smartsheetRefused),
    'GET api.smartsheet.com/2.0/sheets': api(() => json({ data: [{ name: item }] }), smartsheetRefused),
  },
}

// https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm
const salesforceRefused = () =>
  json([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }], 401)
const salesforce = {
  name: 'Salesforce',
  authorize: 'GET login.salesforce.com/services/oauth2/authorize',
  routes: {
    'POST login.salesforce.com/services/oauth2/token': tokenEndpoint({
      fault: (error, said) =>
        error === 'invalid_client'
          ? refusal('invalid_client', 'invalid client credentials')
          : refusal(error, `expired ${said}`),
      speak: ({ accessToken, refreshToken, scope, isRefresh }) =>
        json({
          access_token: accessToken,
          ...(!isRefresh && { refresh_token: refreshToken }),
          signature: 'c2lnbmF0dXJl',
          scope,
          instance_url: 'https://acme.my.salesforce.com',
          id: 'https://login.salesforce.com/id/00D/005',
          token_type: 'Bearer',
          issued_at: String(Date.now()),
        }),
    }),
    'POST login.salesforce.com/services/oauth2/revoke': ({ ledger }, { form: given }) => {
      ledger.revoke(given.token)
      return json({})
    },
    'GET acme.my.salesforce.com/services/oauth2/userinfo': api(
      () => json({ user_id: '005', name: account.name }),
      salesforceRefused,
    ),
    'GET acme.my.salesforce.com/services/data/v62.0/query': api(
      () => json({ records: [{ Name: item }] }),
      salesforceRefused,
    ),
  },
}

export const providers = { square, slack, github, smartsheet, salesforce, google, spotify }
