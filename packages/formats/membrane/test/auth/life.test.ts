import { expect, test } from '@jest/globals'
import { inspect } from 'node:util'
import { isAuthError, type AuthEvent } from '@latchkey/core'
import { config as client, isToken, makeApiClient, provider, signIn } from './oauth2-support.ts'
import { base, define, key, keyClient, open } from './support.ts'

const printed = (value: unknown): string => inspect(value, { depth: 9, showHidden: true })

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen)
  return Object.freeze(value)
}

test('in a whole life no secret is in a connection, an error or an event, and configOf has what was rotated', async () => {
  const test = { method: 'GET', path: '/me', responseMapping: { id: { $var: 'response.data.id' } } }
  // The definition is only read: nothing of it could be written.
  const methods = frozen({ getOAuthConfig: client, makeApiClient, test: { rest: test } })
  const imported = define(frozen({ type: 'oauth2' }), methods)
  const { connector, settingsOf, configOf } = imported
  const config = frozen({ connectorParameters: { clientId: 'c-1', clientSecret: 'c4n4ry-client' } })
  const settings = frozen(settingsOf(config))
  const issued = provider({ secret: 'c4n4ry-extra' })
  const state = { isDown: false }
  const events: AuthEvent[] = []
  const { connection } = open(
    imported,
    settings,
    (request) => {
      if (!state.isDown) return isToken(request) ? issued(request) : Response.json({ id: '7' })
      const error = { error: 'invalid_grant', error_description: 'rt-1-long' }
      return Response.json(error, { status: isToken(request) ? 400 : 401 })
    },
    { onEvent: (event: AuthEvent) => void events.push(event) },
  )
  await signIn(connection)
  expect(await connection.test()).toMatchObject({ id: '7' })
  await connection.fetch(`${base}/x`)
  expect(configOf(settings, await connection.credentials())).toMatchObject({
    ...config,
    credentials: { access_token: 'at-1-long', refresh_token: 'rt-1-long', secret: 'c4n4ry-extra' },
  })
  state.isDown = true
  const error: unknown = await connection.fetch(`${base}/x`).catch((caught: unknown) => caught)
  expect(isAuthError(error) && error.code).toBe('credentials_rejected')
  expect(events.length).toBeGreaterThan(1)
  expect(printed([connection, connector, error, events])).not.toMatch(/c4n4ry|at-1-long|rt-1-long/)
})

test('a renewal that stumbles over an answer is tried again, and nobody has to connect anew for it', async () => {
  const answers = ['<html>', '{"token":"good"}']
  const refreshCredentials = async ({ fetch: ask }: { fetch: typeof fetch }): Promise<unknown> => {
    const { token } = (await (await ask(`${base}/login`)).json()) as { token: string }
    return { apiKey: token }
  }
  const imported = define(key, { makeApiClient: keyClient, refreshCredentials })
  const clock = { at: 1_700_000_000_000 }
  const { connection } = open(
    imported,
    { apiKey: 'old-key' },
    ({ url, headers }) =>
      url.endsWith('/login')
        ? new Response(answers.shift())
        : new Response('', { status: headers.get('x-api-key') === 'good' ? 200 : 401 }),
    { now: () => clock.at },
  )
  await expect(connection.fetch(`${base}/x`)).rejects.toMatchObject({ code: 'response_invalid' })
  clock.at += 600_000
  expect((await connection.fetch(`${base}/x`)).status).toBe(200)
})
