// What an authorization server remembers: codes that may be used once, access tokens that end, refresh tokens whose
// reuse ends everything that came of one consent (RFC 9700 section 4.14.2).
import { createHash, randomBytes } from 'node:crypto'

const random = (prefix) => `${prefix}${randomBytes(18).toString('base64url')}`

/** RFC 7636 section 4.6. */
const isVerified = (challenge, verifier) =>
  challenge === undefined
    ? verifier === undefined
    : createHash('sha256')
        .update(verifier ?? '')
        .digest('base64url') === challenge

/** A ledger of its own for each provider, so that nothing of one counts at another. */
export const createLedger = () => {
  const codes = new Map()
  const access = new Map()
  const refresh = new Map()
  /** Whatever must never be shown. */
  const secrets = new Set()
  const unguessable = (prefix) => {
    const text = random(prefix)
    secrets.add(text)
    return text
  }
  const counts = { token: 0, refresh: 0, refused: 0, reused: 0 }
  const end = (family) => {
    for (const tokens of [access, refresh])
      for (const [token, held] of tokens) if (held.family === family) tokens.delete(token)
  }
  return {
    counts,
    secrets,
    /** A code for a consent, which it is bound to. */
    code: (consent) => {
      const code = unguessable('code-')
      codes.set(code, { ...consent, used: false, until: Date.now() + 60_000 })
      return code
    },
    /** What a code stands for; undefined where client, redirect URI or verifier are not those of the consent. */
    redeem: ({ code, client, redirectUri, verifier }) => {
      const consent = codes.get(code)
      if (verifier !== undefined) secrets.add(verifier)
      const isRight =
        consent !== undefined &&
        consent.client === client &&
        consent.redirectUri === redirectUri &&
        consent.until > Date.now() &&
        isVerified(consent.challenge, verifier)
      if (!isRight) return undefined
      // RFC 6749 section 4.1.2: a code that comes twice has been stolen once.
      if (consent.used) end(consent.family)
      if (consent.used) return undefined
      consent.used = true
      consent.family = unguessable('family-')
      return { family: consent.family, client, scope: consent.scope }
    },
    /** New tokens of a grant. */
    issue: (grant, { prefix = '', seconds = 3600, refreshable = true } = {}) => {
      const held = { family: unguessable('family-'), ...grant }
      const accessToken = unguessable(`${prefix}at-`)
      access.set(accessToken, { ...held, until: Date.now() + seconds * 1000 })
      counts.token += 1
      if (!refreshable) return { accessToken }
      const refreshToken = unguessable(`${prefix}rt-`)
      refresh.set(refreshToken, { ...held, used: false })
      return { accessToken, refreshToken }
    },
    /** The grant of a refresh token. `once`: it may be used once, and a second use ends all that came of the consent. */
    refreshed: ({ token, client, once }) => {
      const held = refresh.get(token)
      if (held === undefined || held.client !== client) return undefined
      if (held.used) {
        counts.reused += 1
        end(held.family)
        return undefined
      }
      held.used = once
      counts.refresh += 1
      return { family: held.family, client, scope: held.scope, device: held.device }
    },
    /** True for the refresh token of a device, which has no secret. */
    isOfDevice: (token) => refresh.get(token)?.device === true,
    /** What an access token stands for: undefined where nobody issued it, `ended` where its time is over. */
    holder: (token) => {
      const held = access.get(token)
      return held === undefined ? undefined : { ...held, ended: held.until <= Date.now() }
    },
    revoke: (token) => end((access.get(token) ?? refresh.get(token))?.family),
    /** Every access token ends now; refresh tokens live on. */
    expire: () => {
      for (const held of access.values()) held.until = 0
    },
  }
}
