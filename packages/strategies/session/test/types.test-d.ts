import { basic } from '@latchkey/basic'
import { connect } from '@latchkey/core'
import { session } from '@latchkey/session'

const origins = ['https://api.example.com']
const url = 'https://login.example.com/'
const take = { token: { json: 'token' } } as const

const one = session({
  fields: {
    user: { type: 'string', label: 'User', required: true },
    password: {},
    team: { type: 'string', label: 'Team' },
  },
  login: { url, take },
})
const connection = connect(one, { settings: { user: 'u', password: 'p' }, origins })
export const token: Promise<string | undefined> = connection
  .credentials()
  .then(({ values }) => values['token'])
// @ts-expect-error the password is required
connect(one, { settings: { user: 'u' }, origins })
// @ts-expect-error there is no such field
connect(one, { settings: { user: 'u', password: 'p', other: 1 }, origins })

const own = session({
  fields: { password: {}, level: { type: 'number', label: 'Level', required: true } },
  async login({ settings }) {
    const password: string = settings.password
    const level: number = settings.level
    return { values: { token: password + String(level) } }
  },
})
connect(own, { settings: { password: 'p', level: 1 }, origins })

connect(session({ fields: { ...basic().fields, tenant: {} }, login: { url, auth: basic(), take } }), {
  settings: { username: 'u', password: 'p', tenant: 't' },
  origins,
})

// @ts-expect-error a login is a request, several, or a function
session({ fields: {}, login: 'https://login.example.com/' })
// @ts-expect-error there is no such place
session({ fields: {}, login: { url, take }, use: { in: 'body', name: 'x' } })
// @ts-expect-error a rule ends in one of four ways
session({ fields: {}, login: { url, take, rules: [{ then: 'stop' }] } })
// @ts-expect-error a value is taken from one place
session({ fields: {}, login: { url, take: { token: { path: 'token' } } } })
// @ts-expect-error given names a field
session({ fields: { ready: {} }, login: { url, take }, given: { token: 'other' } })
