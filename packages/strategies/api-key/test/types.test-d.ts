import { connect } from '@latchkey/core'
import { apiKey } from '@latchkey/api-key'

const origins = ['https://api.example.com']

const one = apiKey({ in: 'header', name: 'x-api-key' })
connect(one, { settings: { apiKey: 'k' }, origins })
// @ts-expect-error the key is required
connect(one, { settings: {}, origins })
// @ts-expect-error the key is text
connect(one, { settings: { apiKey: 1 }, origins })
// @ts-expect-error there is no such field
connect(one, { settings: { apiKey: 'k', token: 't' }, origins })

const two = apiKey({
  placements: [
    { in: 'header', name: 'x-id', field: 'keyId' },
    { in: 'json', name: ['auth', 'secret'], field: 'secret' },
  ],
  fields: {
    keyId: { label: 'Key id' },
    secret: { help: 'Settings, API' },
    region: { type: 'string', label: 'Region', choices: ['eu', 'us'], default: 'eu' },
  },
})
connect(two, { settings: { keyId: 'a', secret: 'b' }, origins })
connect(two, { settings: { keyId: 'a', secret: 'b', region: 'us' }, origins })
// @ts-expect-error a choice is one of its values
connect(two, { settings: { keyId: 'a', secret: 'b', region: 'asia' }, origins })
// @ts-expect-error both keys are required
connect(two, { settings: { keyId: 'a' }, origins })

// @ts-expect-error a placement names a field of the form
apiKey({ in: 'header', name: 'x', field: 'other', fields: { key: {} } })
// @ts-expect-error only a JSON member's name can be a path
apiKey({ in: 'header', name: ['x'] })
// @ts-expect-error there is no such place
apiKey({ in: 'body', name: 'x' })
// @ts-expect-error a place has a name
apiKey({ in: 'query' })
// @ts-expect-error clash is one of three rules
apiKey({ in: 'query', name: 'x', clash: 'mine' })

apiKey({
  in: 'header',
  name: 'x',
  fields: { apiKey: {}, account: { type: 'number', label: 'Account' } },
  async test({ settings }) {
    const key: string = settings.apiKey
    const account: number | undefined = settings.account
    return { id: key, label: String(account) }
  },
})
