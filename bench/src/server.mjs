// The API under test, in a process of its own, so that it does not share the client's event loop.
import { createServer } from 'node:http'
import { answer, isSigned } from './api.mjs'

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const status = isSigned(new Headers(request.headers)) ? 200 : 401
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': answer.length })
    response.end(answer)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())
