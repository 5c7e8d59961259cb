import { describe, expect, test } from '@jest/globals'
import { begun, properties } from './consent-support.ts'
import { pairs, rejection } from './support.ts'

describe('what a consent reads of the configuration under a name of its own', () => {
  const more = {
    oauth_user_input_from_connector_config_specification: {
      properties: { site: { type: 'string', path_in_connector_config: ['account', 'site'] } },
    },
  }
  const account = { account: { type: 'object', properties: { site: { type: 'string' } } } }
  const start = (consent_url: string) =>
    begun({ consent_url }, pairs, { more, properties: { ...properties, ...account } })

  test('may be empty in a query, where the form does not demand it', async () => {
    const { url } = await start('https://as.example.com/consent?site={{site}}&{{state_param}}')
    expect(url.searchParams.get('site')).toBe('')
  })

  test('is called by its place in the configuration where it must not be empty', async () => {
    const failure = await rejection(start('https://{{site}}.example.com/consent?{{state_param}}'))
    expect(failure).toMatchObject({ code: 'settings_invalid', field: 'account.site' })
  })
})
