// An API behind Digest, in a process of its own: it verifies every request, and challenges those that do not fit.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { answer } from './api.mjs'
import { account, challenge, realm } from './digest-account.mjs'

const sha256 = (text) => createHash('sha256').update(text).digest('hex')
const ha1 = sha256(`${account.username}:${realm}:${account.password}`)

const isRight = ({ method, url, headers }) => {
  const own = Object.fromEntries(
    Array.from(headers.authorization?.matchAll(/(\w+)="?([^",]+)/g) ?? [], ([, name, value]) => [
      name,
      value,
    ]),
  )
  const { nonce, nc, cnonce, qop } = own
  return (
    own.uri === url &&
    own.response === sha256(`${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${sha256(`${method}:${url}`)}`)
  )
}

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const head = { 'content-type': 'application/json', 'content-length': answer.length }
    if (isRight(request)) response.writeHead(200, head)
    else response.writeHead(401, { ...head, 'www-authenticate': challenge })
    response.end(answer)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())
