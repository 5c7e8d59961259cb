import { createHash } from 'node:crypto'
import { defineStrategy } from '@latchkey/core'
import { parseChallenges, quoted } from '@latchkey/core/http'

type Challenge = Readonly<Record<string, string>>

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Digest with SHA-256 and qop=auth as a third party would write it, out of the core alone. RFC 7616. */
export const minimalDigest = defineStrategy({
  scheme: 'minimal-digest',
  fields: {
    username: { type: 'string', label: 'User name', pattern: '[\\x20-\\x7e]{1,1024}', required: true },
    password: { type: 'password', label: 'Password', required: true },
  },
  apply({ method, url, headers }, { settings: { username, password }, memory, random }) {
    headers.delete('authorization')
    const challenge = memory.get(url.origin) as Challenge | undefined
    if (challenge === undefined) return
    const { realm = '', nonce = '', opaque } = challenge
    const count = Number(memory.get(nonce) ?? 0) + 1
    memory.set(nonce, count)
    const nc = count.toString(16).padStart(8, '0')
    const [cnonce, uri] = [random(8).join('-'), url.pathname + url.search]
    const [ha1, ha2] = [sha256(`${username}:${realm}:${password}`), sha256(`${method}:${uri}`)]
    const response = sha256(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`)
    const texts = Object.entries({ username, realm, nonce, uri, cnonce, response, ...(opaque && { opaque }) })
    const parts = texts.map(([name, text]) => `${name}=${quoted(text, name)}`)
    headers.set('authorization', `Digest ${parts.join(', ')}, algorithm=SHA-256, qop=auth, nc=${nc}`)
  },
  inspect(response, { memory, request }) {
    if (response.status !== 401) return undefined
    const challenges = parseChallenges(response.headers.get('www-authenticate'))
    const found = challenges.find(
      ({ scheme, params }) => scheme === 'digest' && params['algorithm'] === 'SHA-256',
    )
    const refused = request.headers.has('authorization') && found?.params['stale'] !== 'true'
    memory.set(request.url.origin, found?.params)
    return found === undefined || refused ? undefined : 'retry'
  },
})
