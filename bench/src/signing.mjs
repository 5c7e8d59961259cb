import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connect } from '@latchkey/core'
import { digest } from '@latchkey/digest'
import { DigestClient } from 'digest-fetch'
import { account, nonce, realm } from './digest-account.mjs'
import { race } from './measure.mjs'
import { checkSigners, signers } from './signers.mjs'

/** Signing alone, without a request being sent. */
export const signing = async (size) => {
  const all = await signers()
  await checkSigners(all)
  const results = {}
  for (const [scheme, tasks] of Object.entries(all)) results[scheme] = await race(tasks, size)
  return results
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex')

/** A header that is right for one address as often as one likes: the server does not count. */
const fixedHeader = (uri) => {
  const [ha1, ha2] = [sha256(`${account.username}:${realm}:${account.password}`), sha256(`GET:${uri}`)]
  const response = sha256(`${ha1}:${nonce}:00000001:0a4f113b:auth:${ha2}`)
  const texts = { username: account.username, realm, nonce, uri, cnonce: '0a4f113b', response }
  const parts = Object.entries(texts).map(([name, text]) => `${name}="${text}"`)
  return `Digest ${parts.join(', ')}, algorithm=SHA-256, qop=auth, nc=00000001`
}

const clientsAt = (url) => {
  const connection = connect(digest(), { settings: account, origins: [url.origin], fetch })
  const peer = new DigestClient(account.username, account.password, { algorithm: 'SHA-256' })
  const headers = { authorization: fixedHeader(url.pathname) }
  const bare = () => fetch(url.href, { headers })
  return {
    'bare fetch': bare,
    'bare fetch, again': bare,
    'latchkey digest': () => connection.fetch(url.href),
    'digest-fetch': () => peer.fetch(url.href, {}),
  }
}

const reading = (send) => async () => {
  const response = await send()
  if (response.status !== 200) throw new Error(`answered ${response.status}: the request was not signed`)
  return response.json()
}

/** Digest with a nonce that is known, each a whole request to a server in another process. */
export const digesting = async (size) => {
  const server = fork(fileURLToPath(new URL('digest-server.mjs', import.meta.url)))
  try {
    const [port] = await once(server, 'message')
    const clients = clientsAt(new URL(`http://127.0.0.1:${port}/things/4711`))
    const tasks = Object.fromEntries(Object.entries(clients).map(([name, send]) => [name, reading(send)]))
    return await race(tasks, size)
  } finally {
    server.disconnect()
  }
}
