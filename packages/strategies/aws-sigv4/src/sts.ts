import { AuthError, type AuthContext } from '@latchkey/core'
import { formEncode, httpFailure, learnClock, serverNow } from '@latchkey/core/http'
import { isRegion } from './host.ts'
import type { AwsCredentials, AwsKeys } from './identity.ts'
import { amzDate, authorization, sha256Hex, signingKey } from './signature.ts'

/** How a role is assumed, besides which one. */
export interface AssumeRole {
  /** Names the session in the account's logs: 2 to 64 of `\w+=,.@-`. Default `latchkey`. */
  readonly sessionName?: string
  /** Seconds, 900 to 43,200; default: what the role says, 3600. */
  readonly durationSeconds?: number
  /** A session policy in JSON, which narrows what the role may do. */
  readonly policy?: string
  /** Whose STS is asked; default: the region of the requests, else `us-east-1`. */
  readonly region?: string
  /** Another address of STS, such as a VPC endpoint. */
  readonly url?: string
}

const scheme = 'aws-sigv4'

/** AWS accepts five minutes; a rejection is believed to come from the clock a little earlier, because answers take their time. */
export const toleratedMs = 240_000

/** The address of a region's STS. */
export function stsUrl(region: string): URL {
  // The region may come from a form, and it stands in a host name.
  if (!isRegion(region))
    throw new AuthError('settings_invalid', 'Field "region" is not the name of an AWS region', {
      scheme,
      field: 'region',
    })
  return new URL(`https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`)
}

/**
 * Trades keys for the temporary ones of a role.
 * @throws {AuthError} credentials_rejected where AWS refuses, response_invalid where it answers something else
 */
export async function assumeRole(
  c: Pick<AuthContext<unknown>, 'fetch' | 'memory' | 'now' | 'signal'>,
  keys: AwsKeys,
  role: { readonly arn: string; readonly externalId?: string | undefined; readonly region: string },
  { sessionName = 'latchkey', durationSeconds, policy, url }: AssumeRole,
): Promise<AwsCredentials> {
  const target = url === undefined ? stsUrl(role.region) : new URL(url)
  const body = formEncode({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: role.arn,
    RoleSessionName: sessionName,
    DurationSeconds: durationSeconds?.toString(),
    ExternalId: role.externalId,
    Policy: policy,
  })
  const send = async (): Promise<Response> =>
    c.fetch(target, {
      method: 'POST',
      headers: await signed(target, body, keys, role.region, amzDate(serverNow(c))),
      body,
      signal: c.signal ?? null,
    })
  let response = await send()
  if (learnClock(response, c, toleratedMs)) {
    await response.body?.cancel()
    response = await send()
  }
  if (!response.ok) throw httpFailure(response, { scheme, now: c.now() })
  const { expiresAt, ...earned } = parsed(await response.text())
  // STS says it on its own clock.
  return { ...earned, expiresAt: expiresAt - (serverNow(c) - c.now()) }
}

async function signed(
  url: URL,
  body: string,
  keys: AwsKeys,
  region: string,
  date: string,
): Promise<[string, string][]> {
  const scope = { region, service: 'sts' }
  const headers: [string, string][] = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['x-amz-date', date],
    ...(keys.sessionToken ? [['x-amz-security-token', keys.sessionToken] satisfies [string, string]] : []),
  ]
  const value = await authorization({
    ...scope,
    method: 'POST',
    path: url.pathname,
    pathAsSent: false,
    query: url.search.slice(1),
    host: url.host,
    headers: new Map(headers),
    payloadHash: await sha256Hex(body),
    date,
    accessKeyId: keys.accessKeyId,
    key: await signingKey(keys.secretAccessKey, date.slice(0, 8), scope),
  })
  return [...headers, ['authorization', value]]
}

/** The keys in STS's XML, whose values have no character that XML escapes. */
function parsed(xml: string): AwsKeys & { readonly expiresAt: number } {
  const text = (name: string): string => {
    const value = new RegExp(`<${name}>\\s*([\\x21-\\x25\\x27-\\x3b=\\x3f-\\x7e]+)\\s*</${name}>`).exec(
      xml,
    )?.[1]
    if (value === undefined)
      throw new AuthError('response_invalid', `STS gave no ${name}`, { scheme, ambiguous: true })
    return value
  }
  const expiresAt = Date.parse(text('Expiration'))
  if (Number.isNaN(expiresAt))
    throw new AuthError('response_invalid', 'STS gave an Expiration that is no date', {
      scheme,
      ambiguous: true,
    })
  return {
    accessKeyId: text('AccessKeyId'),
    secretAccessKey: text('SecretAccessKey'),
    sessionToken: text('SessionToken'),
    expiresAt,
  }
}
