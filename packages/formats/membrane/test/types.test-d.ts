import { connect, type Connection } from '@latchkey/core'
import {
  fromMembrane,
  verifyToken,
  type ApiClient,
  type MembraneCredentials,
} from '@latchkey/format-membrane'

declare const elsewhere: Connection

const imported = fromMembrane({ type: 'proxy', proxyKey: 'shared' }, { through: () => elsewhere })
connect(imported.connector, { settings: {} })
const held: MembraneCredentials | undefined = imported.credentialsOf({ credentials: { access_token: 't' } })
const config: { readonly [name: string]: unknown } = imported.configOf({}, held)
void config

// @ts-expect-error a connection, and not its key
fromMembrane({}, { through: () => 'shared' })
// @ts-expect-error options are named
fromMembrane({}, { file: {} })
// @ts-expect-error whether a token has ended depends on the time
void verifyToken('t', { secret: 's' })

declare const client: ApiClient
void client.get('/me', { page: 1 }, { returnFullResponse: true })
// @ts-expect-error a path is a text
void client.post({})
