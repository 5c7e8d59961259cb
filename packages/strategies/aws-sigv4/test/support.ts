import { SignatureV4 } from '@smithy/signature-v4'
import { connect, type AuthStrategy } from '@latchkey/core'
import { createHash, createHmac, type BinaryLike } from 'node:crypto'

export const keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
export const at = Date.UTC(2015, 7, 30, 12, 36, 0)

export const origins = [
  ...['dynamodb', 'sqs', 'bucket.s3'].map((service) => `https://${service}.eu-west-1.amazonaws.com`),
  'https://sqs.cn-north-1.amazonaws.com.cn',
  'https://api.example.com',
]

/** A connection over a network in memory, at the moment of the vectors. */
export const open = (
  auth: AuthStrategy,
  settings: object,
  { fetch }: { readonly fetch: typeof globalThis.fetch },
  now = (): number => at,
) => connect(auth, { settings: settings as never, origins, fetch, now })

/** The hash as the SDK wants it. */
export class Sha256 {
  readonly #hash
  constructor(secret?: BinaryLike) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
  }
  update(data: BinaryLike): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest())
  }
}

export interface Received {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array
}

interface Verified {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

const bagOf = (url: URL, without: readonly string[] = []): Record<string, string | string[]> => {
  const bag: Record<string, string | string[]> = {}
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name)
    if (!without.includes(name.toLowerCase())) bag[name] = values.length === 1 ? values[0]! : values
  }
  return bag
}

/** A signer of the AWS SDK for a region and service, with the settings that the SDK has for them. */
export const smithy = (
  { accessKeyId, secretAccessKey, sessionToken }: Verified,
  region: string,
  service: string,
) =>
  new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    region,
    service,
    sha256: Sha256 as never,
    uriEscapePath: service !== 's3',
    applyChecksum: service === 's3',
  })

/** The request as the SDK takes it. */
export const httpRequest = ({ method, url, headers, body }: Received, only?: readonly string[]): never =>
  ({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: bagOf(url),
    headers: {
      host: url.host,
      ...Object.fromEntries([...headers].filter(([name]) => only?.includes(name) ?? true)),
    },
    body,
  }) as never

const dateOf = (date: string): Date =>
  new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

/** Whether a request carries the signature that the AWS SDK would have put on it, under these keys and at this time. */
export async function verified(request: Received, using: Verified, now: number): Promise<boolean> {
  const found =
    /^AWS4-HMAC-SHA256 Credential=(\S+)\/(\d{8})\/(\S+)\/(\S+)\/aws4_request, SignedHeaders=(\S+), Signature=([\da-f]{64})$/.exec(
      request.headers.get('authorization') ?? '',
    )
  const date = request.headers.get('x-amz-date') ?? ''
  const [, id, day, region = '', service = '', names = ''] = found ?? []
  if (id !== using.accessKeyId || day !== date.slice(0, 8)) return false
  const signingDate = dateOf(date)
  if (!(Math.abs(signingDate.getTime() - now) < 300_000)) return false
  if ((using.sessionToken ?? null) !== request.headers.get('x-amz-security-token')) return false
  const signed = names.split(';')
  const must = [...request.headers.keys()].filter(
    (name) => name.startsWith('x-amz-') || name === 'content-type',
  )
  if (!['host', ...must].every((name) => signed.includes(name))) return false
  const again = (await smithy(using, region, service).sign(httpRequest(request, signed), {
    signingDate,
  })) as unknown as { headers: Record<string, string> }
  return again.headers['authorization'] === request.headers.get('authorization')
}

/** Whether a URL carries the signature that the AWS SDK would have put into it. */
export async function verifiedQuery(request: Received, using: Verified, now: number): Promise<boolean> {
  const given = request.url.searchParams
  const [id, day, region = '', service = '', end] = (given.get('X-Amz-Credential') ?? '').split('/')
  const date = given.get('X-Amz-Date') ?? ''
  if (id !== using.accessKeyId || day !== date.slice(0, 8) || end !== 'aws4_request') return false
  const signingDate = dateOf(date)
  const expiresIn = Number(given.get('X-Amz-Expires'))
  if (!(now >= signingDate.getTime() - 300_000 && now < signingDate.getTime() + expiresIn * 1000))
    return false
  const url = new URL(request.url)
  for (const name of new Set(given.keys())) if (name.startsWith('X-Amz-')) url.searchParams.delete(name)
  const again = (await smithy(using, region, service).presign(
    httpRequest({ ...request, url, headers: new Headers() }),
    { signingDate, expiresIn },
  )) as { query: Record<string, string> }
  return again.query['X-Amz-Signature'] === given.get('X-Amz-Signature')
}

/** STS's answer to AssumeRole. */
export const stsAnswer = (nth: number, now: number): Response =>
  new Response(
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/demo/latchkey</Arn></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAROLE${nth}</AccessKeyId>
      <SecretAccessKey>role/secret+${nth}</SecretAccessKey>
      <SessionToken>role/token+${nth}==</SessionToken>
      <Expiration>${new Date(now + 3_600_000).toISOString()}</Expiration>
    </Credentials>
  </AssumeRoleResult>
</AssumeRoleResponse>`,
    { headers: { 'content-type': 'text/xml' } },
  )
