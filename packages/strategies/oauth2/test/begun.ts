import type { Json } from '@latchkey/core'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import {
  authorizationUrl,
  json,
  open,
  redirectUri,
  tokenUrl,
  world,
  type Opened,
  type World,
} from './support.ts'

export const base = { authorizationUrl, tokenUrl, scopes: ['read', 'write'] } satisfies OAuth2Options
export const token = {
  access_token: 'first-access-token',
  refresh_token: 'first-refresh-token',
  expires_in: 3600,
}

/** A consent that has begun. */
export interface Begun extends Opened {
  readonly provider: World
  readonly url: URL
  readonly pending: Json
  readonly state: string
}

/** Begins a consent. */
export async function begun(options: Partial<OAuth2Options> = {}, answer: Json = token): Promise<Begun> {
  const provider = world(() => json(answer))
  const opened = open(oauth2({ ...base, ...options }), provider)
  const { url, pending } = await opened.connection.authorize.begin({ redirectUri })
  return { ...opened, provider, url: new URL(url), pending, state: (pending as { state: string }).state }
}
