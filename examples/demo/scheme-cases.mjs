// The schemes that sign or log in: the connector, the host and the branch of the demo API, and the values that are given.

/** Nothing of them but user name and account may be seen in the transcript. */
export const schemeSecrets = {
  username: 'ada',
  password: 'session-pa55-3f1c',
  account: 'acme',
  secret: 'demo-shared-secret-9a41-of-32-bytes',
  consumerKey: 'demo-consumer-5e1f',
  consumerSecret: 'demo-consumer-secret-77b0',
  token: 'demo-oauth1-token-2c9d',
  tokenSecret: 'demo-oauth1-secret-e04b',
  accessKeyId: 'AKIDEMOEXAMPLE000001',
  secretAccessKey: 'demo/aws/secret/4d2b8f',
  keyId: 'demo-signing-key-1',
  relayKey: 'demo-relay-key-b7c1-of-32-bytes-and-more',
  relayedKey: 'demo-relayed-key-61aa',
}

const { username, password, account, secret, keyId, accessKeyId, ...others } = schemeSecrets
const consumer = {
  LATCHKEY_CONSUMER_KEY: others.consumerKey,
  LATCHKEY_CONSUMER_SECRET: others.consumerSecret,
}
const token = { LATCHKEY_TOKEN: others.token, LATCHKEY_TOKEN_SECRET: others.tokenSecret }

/** `$TICKET` stands for the ticket that the relay of this run has issued. */
export const schemeCases = [
  {
    what: 'Session: a login, then its token',
    name: 'session',
    connector: 'session.ts',
    args: ['--set', `username=${username}`],
    env: { LATCHKEY_PASSWORD: password },
  },
  {
    what: 'JWT: a token signed by ourselves',
    name: 'jwt',
    connector: 'jwt.ts',
    args: ['--set', `account=${account}`],
    env: { LATCHKEY_SECRET: secret },
    wrong: { LATCHKEY_SECRET: 'wrong-shared-secret-0-of-32-bytes-' },
  },
  {
    what: 'Digest, SHA-256',
    name: 'digest',
    connector: 'digest.ts',
    args: ['--set', `username=${username}`],
    env: { LATCHKEY_PASSWORD: password },
  },
  {
    what: 'OAuth 1, HMAC-SHA256',
    name: 'oauth1',
    connector: 'oauth1.ts',
    env: { ...consumer, ...token },
    wrong: { ...consumer, ...token, LATCHKEY_TOKEN_SECRET: 'wrong-secret-0' },
  },
  {
    what: 'AWS Signature Version 4',
    name: 'aws',
    connector: 'aws.ts',
    args: ['--set', `accessKeyId=${accessKeyId}`],
    env: { LATCHKEY_SECRET_ACCESS_KEY: others.secretAccessKey },
  },
  {
    what: 'HMAC over the request',
    name: 'hmac',
    connector: 'hmac.ts',
    args: ['--set', `keyId=${keyId}`],
    env: { LATCHKEY_SECRET: secret },
    request: ['--json', '{"title":"engine"}'],
  },
  {
    what: 'Relay: a ticket, the secret elsewhere',
    name: 'relay',
    connector: 'relay.ts',
    env: { LATCHKEY_TICKET: '$TICKET' },
  },
]
