import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { testStrategy } from '@latchkey/testing'
import { errors, jwtVerify } from 'jose'
import { network } from '../../tools/network.ts'
import { minimalJwt } from './jwt.ts'

const settings = { keyId: 'key-1', secret: 'a-shared-secret-canary-of-32-bytes' }

/** What jose says of a token; undefined where it does not hold. */
async function claimsOf(headers: Headers, secret: string, at: number): Promise<object | undefined> {
  const token = headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
  try {
    const options = { currentDate: new Date(at), algorithms: ['HS256'] }
    return (await jwtVerify(token, new TextEncoder().encode(secret), options)).payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

test("a third party's JWT is one that jose verifies, for five minutes", async () => {
  const { fetch, sent } = network()
  const origins = ['https://api.example.com']
  await connect(minimalJwt, { settings, origins, fetch, now: () => 1e12 }).fetch('https://api.example.com/')
  const [{ headers }] = sent as [(typeof sent)[number]]
  expect(await claimsOf(headers, settings.secret, 1e12)).toEqual({ iss: 'key-1', iat: 1e9, exp: 1e9 + 300 })
  expect(await claimsOf(headers, settings.secret, 1e12 + 300_000)).toBeUndefined()
  expect(await claimsOf(headers, `${settings.secret}!`, 1e12)).toBeUndefined()
})

testStrategy(
  minimalJwt,
  {
    settings,
    accepts: async ({ headers, at }, side) => {
      const claims = await claimsOf(headers, side.settings.secret, at)
      return claims !== undefined && 'iss' in claims && claims.iss === side.settings.keyId
    },
  },
  { test, expect },
)
