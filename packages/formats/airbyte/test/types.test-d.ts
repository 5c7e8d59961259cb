import type { AuthStrategy, Connector } from '@latchkey/core'
import type { Imported, JsonObject } from '@latchkey/core/definition'
import { fromAirbyte } from '@latchkey/format-airbyte'

// A manifest is unknown until it is read.
const imported: Imported = fromAirbyte({})
const connector: Connector = imported.connector
const config: JsonObject = imported.configOf(imported.settingsOf({ credentials: { auth_type: 'key' } }))
void [connector, config]

fromAirbyte('text', { stream: 'things', tokenFormat: 'json', allow: 'loopback', key: 'acme', name: 'Acme' })
// @ts-expect-error tokens are asked for by a form or by JSON
fromAirbyte({}, { tokenFormat: 'xml' })
// @ts-expect-error there is no such option
fromAirbyte({}, { streams: ['things'] })
// @ts-expect-error a configuration is JSON
imported.settingsOf({ when: new Date() })
