import { defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

/** GitHub from a machine without a browser: a person enters a code on another. */
export default defineConnector({
  key: 'github-device',
  name: 'GitHub, on another device',
  helpUrl:
    'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow',
  auth: oauth2({
    grant: 'device_code',
    deviceUrl: 'https://github.com/login/device/code',
    tokenUrl: 'https://github.com/login/oauth/access_token',
    clientAuth: 'none',
    scopes: ['read:user', 'repo'],
  }),
  baseUrl: 'https://api.github.com',
  test: async ({ http }) => {
    const { id, login } = await http('user').json<{ id: number; login: string }>()
    return { id: String(id), label: login }
  },
})
