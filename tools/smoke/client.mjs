// Runs in every runtime, from packed tarballs: makes authenticated requests and says what came back.
import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { connect } from '@latchkey/core'

/** The statuses of an accepted and a refused request for each scheme. */
export const visit = async (origin, name) => {
  const url = (path) => `${origin}/${path}?runtime=${name}`
  const key = (value) =>
    connect(apiKey({ in: 'header', name: 'x-api-key' }), { settings: { apiKey: value }, origins: [origin] })
  const login = (password) =>
    connect(basic(), { settings: { username: 'user', password }, origins: [origin] })
  const status = async (connection, path) => {
    const response = await connection.fetch(url(path))
    await response.text()
    return response.status
  }
  return [
    await status(key('right-key'), 'key'),
    await status(key('wrong-key'), 'key'),
    await status(login('right-password'), 'basic'),
    await status(login('wrong-password'), 'basic'),
  ]
}
