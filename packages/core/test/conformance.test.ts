import { test } from '@jest/globals'
import { allOf, defineStrategy, none, options } from '@latchkey/core'
import { headerValue } from '@latchkey/core/http'
import { testStrategy } from '@latchkey/testing'

const secret = { type: 'password', label: 'Secret', required: true } as const

const appKey = defineStrategy({
  scheme: 'app-key',
  fields: { appKey: secret },
  apply({ headers }, { settings }) {
    headers.set('x-app', headerValue(settings.appKey, 'appKey'))
  },
})

const urlKey = defineStrategy({
  scheme: 'url-key',
  fields: { urlKey: secret },
  apply({ url }, { settings }) {
    url.searchParams.set('key', settings.urlKey)
  },
})

const loginUrl = 'https://auth.latchkey.test/login'

const login = defineStrategy({
  scheme: 'login',
  fields: { password: secret },
  async acquire({ http, settings, now }) {
    const { token } = await http.post(loginUrl, { json: settings }).json<{ token: string }>()
    return { token, expiresAt: now() + 3_600_000 }
  },
  async revoke({ http, credentials }) {
    await http.delete(loginUrl, { headers: { 'x-token': credentials.token } })
  },
  apply({ headers }, { credentials }) {
    headers.set('x-token', credentials.token)
  },
})

const answered = ({ url }: { readonly url: URL }, { nth }: { readonly nth: number }): Response | undefined =>
  url.href === loginUrl ? Response.json({ token: `token-canary-${nth}` }) : undefined

testStrategy(none(), { settings: {}, accepts: () => true }, { test })

testStrategy(
  options(
    {
      key: appKey,
      login: { strategy: login, fields: { region: { type: 'string', label: 'Region', public: true } } },
    },
    { default: 'key' },
  ),
  [
    {
      name: 'the default option',
      settings: { appKey: 'app-key-canary' },
      accepts: ({ headers }, { settings }) =>
        'appKey' in settings && headers.get('x-app') === settings.appKey,
      invalid: [
        { settings: { option: 'door', appKey: 'app-key-canary' }, field: 'option' },
        { settings: { option: 'login' }, field: 'password' },
      ],
    },
    {
      name: 'an option that logs in',
      settings: { option: 'login', password: 'password-canary', region: 'eu' },
      accepts: ({ headers }, { credentials }) => headers.get('x-token') === credentials?.token,
      provider: answered,
    },
  ],
  { test },
)

testStrategy(
  options(
    { outer: appKey, inner: options({ url: urlKey, login }, { discriminator: 'how' }) },
    { discriminator: 'where' },
  ),
  {
    name: 'a selector in a selector',
    settings: { where: 'inner', how: 'url', urlKey: 'url-key-canary' },
    accepts: ({ url }, { settings }) =>
      'urlKey' in settings && url.searchParams.get('key') === settings.urlKey,
  },
  { test },
)

testStrategy(
  allOf(appKey, urlKey),
  {
    settings: { appKey: 'app-key-canary', urlKey: 'url-key-canary' },
    accepts: ({ headers, url }, { settings }) =>
      headers.get('x-app') === settings.appKey && url.searchParams.get('key') === settings.urlKey,
  },
  { test },
)

testStrategy(
  allOf({ app: appKey, user: login }),
  {
    name: 'by name, one that logs in',
    settings: { 'app.appKey': 'app-key-canary', 'user.password': 'password-canary' },
    accepts: ({ headers }, { settings, credentials }) => {
      const { token } = (credentials?.parts[1] ?? {}) as { readonly token?: string }
      return headers.get('x-app') === settings['app.appKey'] && headers.get('x-token') === token
    },
    provider: answered,
  },
  { test },
)

testStrategy(
  allOf(appKey, options({ url: urlKey, login })),
  {
    name: 'a selector among the parts',
    settings: { appKey: 'app-key-canary', option: 'url', urlKey: 'url-key-canary' },
    accepts: ({ headers, url }, { settings }) =>
      headers.get('x-app') === settings.appKey &&
      'urlKey' in settings &&
      url.searchParams.get('key') === settings.urlKey,
  },
  { test },
)
