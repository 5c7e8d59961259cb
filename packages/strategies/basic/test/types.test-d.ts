import { connect } from '@latchkey/core'
import { basic } from '@latchkey/basic'

const origins = ['https://api.example.com']

connect(basic(), { settings: { username: 'a', password: 'b' }, origins })
// @ts-expect-error the password is required
connect(basic(), { settings: { username: 'a' }, origins })
// @ts-expect-error there is no such field
connect(basic(), { settings: { username: 'a', password: 'b', user: 'c' }, origins })

connect(basic({ password: '' }), { settings: { username: 'a' }, origins })
// @ts-expect-error a fixed password has no field
connect(basic({ password: 'X' }), { settings: { username: 'a', password: 'b' }, origins })
connect(basic({ username: 'api' }), { settings: { password: 'b' }, origins })
connect(basic({ username: '{username}/token' }), { settings: { username: 'a', password: 'b' }, origins })

const optional = basic({ fields: { username: { label: 'Login' }, password: { required: false } } })
connect(optional, { settings: { username: 'a' }, origins })
// @ts-expect-error the user name is required
connect(optional, { settings: { password: 'b' }, origins })

const twilio = basic({
  username: '{accountSid}',
  password: '{authToken}',
  fields: {
    accountSid: { type: 'string', label: 'Account SID', required: true },
    authToken: { type: 'password', label: 'Auth token', required: true },
  },
  testRequest: async (request, { settings }) => {
    const sid: string = settings.accountSid
    // @ts-expect-error the form has no such field
    void settings.username
    const { data } = await request<{ name: string }>(`/accounts/${sid}`)
    return { name: data.name }
  },
})
connect(twilio, { settings: { accountSid: 'AC1', authToken: 't' }, origins })
// @ts-expect-error there is no user name on this form
connect(twilio, { settings: { username: 'a', password: 'b' }, origins })

// @ts-expect-error there are two charsets
basic({ charset: 'utf-16' })
// @ts-expect-error a field that is not one of the two has label and type
basic({ username: '{email}', fields: { email: { help: 'h' }, password: {} } })
