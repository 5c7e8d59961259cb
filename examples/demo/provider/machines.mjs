// The providers that need no person.
import { createVerify } from 'node:crypto'
import { account, api, item, refusal } from './api.mjs'
import { basicOf, json } from './http.mjs'

// https://developers.google.com/identity/protocols/oauth2/service-account
const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url').toString())
const isSigned = (assertion, { email, publicKey }) => {
  const [head = '', body = '', signature = ''] = assertion.split('.')
  const { alg } = decoded(head)
  const { iss, aud, iat, exp, scope } = decoded(body)
  const now = Date.now() / 1000
  const verify = createVerify('RSA-SHA256').update(`${head}.${body}`)
  return (
    alg === 'RS256' &&
    iss === email &&
    aud === 'https://oauth2.googleapis.com/token' &&
    scope !== undefined &&
    iat <= now + 5 &&
    exp > now &&
    exp - iat <= 3600 &&
    verify.verify(publicKey, signature, 'base64url')
  )
}
export const google = {
  name: 'Google',
  routes: {
    'POST oauth2.googleapis.com/token': ({ ledger, serviceAccount }, { form: given }) => {
      if (given.grant_type !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
        return refusal('unsupported_grant_type', `Invalid grant_type: ${given.grant_type}`)
      if (!isSigned(given.assertion ?? '..', serviceAccount))
        return refusal('invalid_grant', 'Invalid JWT Signature.')
      const { accessToken } = ledger.issue({ client: serviceAccount.email }, { refreshable: false })
      return json({ access_token: accessToken, expires_in: 3599, token_type: 'Bearer' })
    },
    'GET www.googleapis.com/drive/v3/about': api(() =>
      json({ user: { permissionId: account.id, emailAddress: account.name } }),
    ),
    'GET www.googleapis.com/drive/v3/files': api(() => json({ files: [{ name: item }] })),
  },
}

// https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow
const spotifyRefused = () => json({ error: { status: 401, message: 'The access token expired' } }, 401)
export const spotify = {
  name: 'Spotify',
  routes: {
    'POST accounts.spotify.com/api/token': ({ ledger, client }, { headers, form: given }) => {
      const { id, secret } = basicOf(headers)
      if (id !== client.id || secret !== client.secret)
        return refusal('invalid_client', 'Invalid client secret')
      if (given.grant_type !== 'client_credentials')
        return refusal('unsupported_grant_type', 'grant_type must be client_credentials')
      const { accessToken } = ledger.issue({ client: id }, { refreshable: false })
      return json({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600 })
    },
    'GET api.spotify.com/v1/search': api(() => json({ tracks: { items: [{ name: item }] } }), spotifyRefused),
  },
}
