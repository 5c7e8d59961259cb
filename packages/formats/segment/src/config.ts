import type { Fields, Json } from '@latchkey/core'
import { isObject, unsupported, type Imported, type JsonObject } from '@latchkey/core/definition'
import type { OAuth2Credentials } from '@latchkey/oauth2'
import { clientFields, tokensOf } from './plan.ts'
import { settingsFrom, valuesFor, type ReadField } from './values.ts'

type Ways = Required<Pick<Imported, 'settingsOf' | 'configOf' | 'credentialsOf'>>

/** The ways between Segment's settings, where everything of OAuth stands under `oauth`, and ours. */
export function waysOf(read: Readonly<Record<string, ReadField>>, fields: Fields, isOAuth: boolean): Ways {
  const known = Object.values(clientFields).filter((name) => Object.hasOwn(fields, name))
  return {
    settingsOf(config) {
      if (config['dynamicAuthSettings'] !== undefined)
        throw unsupported(
          'dynamicAuthSettings',
          'it chooses another scheme than the definition; write a connector for it.',
        )
      const client = isOAuth && isObject(config['oauth']) ? config['oauth'] : {}
      const own = known.flatMap((name): [string, Json][] => {
        const value = client[name.slice('oauth.'.length)]
        return typeof value === 'string' && value !== '' ? [[name, value]] : []
      })
      return { ...settingsFrom(config, read), ...Object.fromEntries(own) }
    },
    configOf(settings, credentials) {
      const client = known.flatMap((name): [string, Json][] =>
        typeof settings[name] === 'string' ? [[name.slice('oauth.'.length), settings[name]]] : [],
      )
      const oauth = { ...tokens(credentials), ...Object.fromEntries(client) }
      return { ...valuesFor(settings, read), ...(isOAuth && Object.keys(oauth).length > 0 && { oauth }) }
    },
    credentialsOf(config) {
      const { access_token: accessToken, refresh_token: refreshToken } =
        isOAuth && isObject(config['oauth']) ? config['oauth'] : ({} as JsonObject)
      if (typeof accessToken !== 'string' && typeof refreshToken !== 'string') return undefined
      return {
        ...(typeof accessToken === 'string' && { accessToken }),
        ...(typeof refreshToken === 'string' && { refreshToken }),
      } satisfies OAuth2Credentials
    },
  }
}

function tokens(credentials: unknown): JsonObject {
  if (!isObject(credentials)) return {}
  const { accessToken, refreshToken } = tokensOf(credentials)
  return {
    ...(accessToken !== '' && { access_token: accessToken }),
    ...(refreshToken !== '' && { refresh_token: refreshToken }),
  }
}
