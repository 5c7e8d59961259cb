import { AuthError, defineStrategy } from '@latchkey/core'
import { headerValue } from '@latchkey/core/http'
import type { StrategyCase } from '@latchkey/testing'
import { laws } from './laws.ts'
import { broken, inHeader, inQuery, type BrokenStrategy } from './strategy.ts'

/** Where the key stands in a cookie. */
const cookieKey = defineStrategy({
  scheme: 'cookie-key',
  fields: { key: { type: 'password', label: 'Key', required: true } },
  apply() {},
})
const cookieKeyCase: StrategyCase<typeof cookieKey> = {
  settings: { key: 'cookie-key-33d1' },
  accepts: ({ headers }, { settings }) => (headers.get('cookie') ?? '').includes(`key=${settings.key}`),
}
const inCookie = [cookieKey, cookieKeyCase] as const

/** What goes wrong with values that a person types. */
export const brokenReaders: readonly BrokenStrategy[] = [
  broken(
    'strips what cannot stand in a header',
    inHeader,
    () => ({
      apply({ headers }, { settings }) {
        headers.set('x-key', settings.key.replace(/[^\x21-\x7e]/g, ''))
      },
    }),
    [laws.hostile],
  ),
  broken(
    'leaves it to Fetch to refuse a header',
    inHeader,
    () => ({
      apply({ headers }, { settings }) {
        headers.set('x-key', settings.key)
      },
    }),
    [laws.hostile],
  ),
  broken(
    'writes its cookie without looking at it',
    inCookie,
    () => ({
      apply({ headers }, { settings }) {
        headers.set('cookie', `key=${headerValue(settings.key, 'key')}`)
      },
    }),
    [laws.hostile],
  ),
  broken(
    'writes the query by hand',
    inQuery,
    () => ({
      apply({ url }, { settings }) {
        url.searchParams.delete('key')
        url.search += `${url.search === '' ? '?' : '&'}key=${settings.key}`
      },
    }),
    [laws.hostile],
  ),
  broken(
    'shows the key in the error of a bad one',
    inHeader,
    () => ({
      apply({ headers }, { settings }) {
        if (!/^[\w-]+$/.test(settings.key)) {
          const error = new AuthError('settings_invalid', 'The key is not valid', { field: 'key' })
          throw Object.assign(error, { value: settings.key })
        }
        headers.set('x-key', settings.key)
      },
    }),
    [laws.hostile],
  ),
  broken(
    'takes settings without its key',
    inHeader,
    () => ({
      fields: { key: { type: 'password', label: 'Key' } },
      apply({ headers }, { settings }) {
        headers.set('x-key', headerValue(`k${settings.key}`, 'key'))
      },
    }),
    [laws.valid],
    {
      accepts: ({ headers }: { headers: Headers }, { settings }: { settings: { key: string } }) =>
        headers.get('x-key') === `k${settings.key}`,
      invalid: [{ settings: {}, field: 'key' }],
    },
  ),
]
