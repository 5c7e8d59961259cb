import { connect } from '@latchkey/core'
import { digest } from '@latchkey/digest'

const origins = ['https://api.example.com']

connect(digest(), { settings: { username: 'a', password: 'b' }, origins })
// @ts-expect-error the password is required
connect(digest(), { settings: { username: 'a' }, origins })
// @ts-expect-error there is no such field
connect(digest(), { settings: { username: 'a', password: 'b', realm: 'c' }, origins })

const camera = digest({
  algorithms: ['SHA-256'],
  qop: 'auth-int',
  fields: {
    host: { type: 'string', label: 'Host', format: 'hostname', required: true },
    username: { label: 'Login' },
    password: {},
  },
  async test({ settings }) {
    const all: string = settings.host + settings.username + settings.password
    return { label: all }
  },
})
connect(camera, { settings: { host: 'h', username: 'a', password: 'b' }, origins })
// @ts-expect-error the host is required
connect(camera, { settings: { username: 'a', password: 'b' }, origins })

// @ts-expect-error the form has a field "password"
digest({ fields: { username: {} } })
// @ts-expect-error there is no such algorithm
digest({ algorithms: ['SHA-1'] })
// @ts-expect-error what -sess is for is the server's affair
digest({ algorithms: ['MD5-sess'] })
// @ts-expect-error there are two
digest({ qop: 'int' })
// @ts-expect-error digest looks at responses itself
digest({ inspect: () => undefined })
