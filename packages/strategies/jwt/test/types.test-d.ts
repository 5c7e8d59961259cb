import { connect } from '@latchkey/core'
import { coinbaseCdp, jwt, membraneToken } from '@latchkey/jwt'

const origins = ['https://api.example.com']

connect(jwt({ algorithm: 'HS256' }), { settings: { secret: 's' }, origins })
connect(jwt({ algorithm: 'RS256' }), { settings: { privateKey: 'k' }, origins })
// @ts-expect-error a shared secret is the key of an HMAC
connect(jwt({ algorithm: 'HS256' }), { settings: { privateKey: 'k' }, origins })
// @ts-expect-error the key is required
connect(jwt({ algorithm: 'ES256' }), { settings: {}, origins })

const own = jwt({
  algorithm: 'RS256',
  fields: {
    key: { help: 'Settings, API' },
    user: { type: 'string', label: 'User' },
    level: { type: 'number', label: 'L', required: true },
  },
  key: 'key',
  claims({ settings }) {
    const key: string = settings.key
    const user: string | undefined = settings.user
    const level: number = settings.level
    return { key: key.length, user, level }
  },
})
connect(own, { settings: { key: 'k', level: 1 }, origins })
// @ts-expect-error a level is a number
connect(own, { settings: { key: 'k', level: '1' }, origins })

// @ts-expect-error there is no such algorithm
jwt({ algorithm: 'none' })
// @ts-expect-error there is no such field
jwt({ algorithm: 'HS256', key: 'other' })
// @ts-expect-error a place has a name
jwt({ algorithm: 'HS256', in: 'query' })
// @ts-expect-error there is no such place
jwt({ algorithm: 'HS256', in: 'body', name: 'x' })
// @ts-expect-error times are three
jwt({ algorithm: 'HS256', times: ['auth_time'] })

connect(coinbaseCdp(), { settings: { keyName: 'n', privateKey: 'k' }, origins })
connect(membraneToken({ fields: { plan: { type: 'string', label: 'Plan' } } }), {
  settings: { workspaceKey: 'w', workspaceSecret: 's', userId: 'u', plan: 'p' },
  origins,
})
// @ts-expect-error the user is required
connect(membraneToken(), { settings: { workspaceKey: 'w', workspaceSecret: 's' }, origins })
