import { describe, expect, test } from '@jest/globals'
import { awsSigV4 } from '@latchkey/aws-sigv4'
import { network } from '../../../../tools/network.ts'
import { at, keys, open, stsAnswer } from './support.ts'

describe('a role', () => {
  const settings = { ...keys, roleArn: 'arn:aws:iam::123456789012:role/demo', externalId: 'x-1' }
  const roleNetwork = (answer: (nth: number) => Response = (nth) => stsAnswer(nth, at + nth * 3_600_000)) => {
    let nth = 0
    return network(({ url }) => (url.startsWith('https://sts.') ? answer((nth += 1)) : new Response('ok')))
  }

  test("is assumed through the region's STS, and its keys are used until they end", async () => {
    const net = roleNetwork()
    let now = at
    const auth = awsSigV4({ assumeRole: { sessionName: 'billing', durationSeconds: 900, policy: '{}' } })
    const connection = open(auth, { ...settings, region: 'eu-west-1' }, net, () => now)
    const url = 'https://sqs.eu-west-1.amazonaws.com/'
    await connection.fetch(url)
    await connection.fetch(url)
    expect(net.sent.map((sent) => new URL(sent.url).host)).toEqual([
      'sts.eu-west-1.amazonaws.com',
      'sqs.eu-west-1.amazonaws.com',
      'sqs.eu-west-1.amazonaws.com',
    ])
    expect(Object.fromEntries(new URLSearchParams(net.sent[0]!.body))).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: settings.roleArn,
      RoleSessionName: 'billing',
      DurationSeconds: '900',
      ExternalId: 'x-1',
      Policy: '{}',
    })
    expect(net.sent[1]!.headers.get('authorization')).toContain('Credential=ASIAROLE1/')
    expect(net.sent[1]!.headers.get('x-amz-security-token')).toBe('role/token+1==')
    now += 7_200_000
    await connection.fetch(url)
    expect(net.sent[4]!.headers.get('authorization')).toContain('Credential=ASIAROLE2/')
  })

  test('a region that is no region never becomes a host', async () => {
    const net = roleNetwork()
    for (const region of ['evil', 'a-b', 'us-east-1-evil']) {
      const connection = open(awsSigV4({ assumeRole: {} }), { ...settings, region }, net)
      await expect(connection.fetch('https://sqs.eu-west-1.amazonaws.com/')).rejects.toMatchObject({
        code: 'settings_invalid',
        field: 'region',
      })
    }
    expect(() => open(awsSigV4({ assumeRole: {} }), { ...settings, region: 'x/evil.example#' }, net)).toThrow(
      'region: A region looks like eu-west-1.',
    )
    expect(net.sent).toEqual([])
  })

  test('China has its own STS, and another address can be named', async () => {
    const cn = roleNetwork()
    await open(awsSigV4({ assumeRole: { region: 'cn-north-1' } }), settings, cn).fetch(
      'https://sqs.cn-north-1.amazonaws.com.cn/',
    )
    expect(cn.sent[0]!.url).toBe('https://sts.cn-north-1.amazonaws.com.cn/')
    const own = roleNetwork()
    await open(awsSigV4({ assumeRole: { url: 'https://sts.internal.example/' } }), settings, own).fetch(
      'https://sqs.eu-west-1.amazonaws.com/',
    )
    expect(own.sent[0]!.url).toBe('https://sts.internal.example/')
  })

  test("STS's refusal is the account's, and its nonsense is the provider's", async () => {
    const cases: [Response, string][] = [
      [new Response('<Error><Code>AccessDenied</Code></Error>', { status: 403 }), 'credentials_rejected'],
      [new Response('<html>hello</html>'), 'response_invalid'],
      [
        new Response(
          '<AccessKeyId>A1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>soon</Expiration>',
        ),
        'response_invalid',
      ],
      [new Response('', { status: 503 }), 'provider_unavailable'],
    ]
    for (const [answer, code] of cases) {
      const connection = open(
        awsSigV4({ assumeRole: {} }),
        settings,
        roleNetwork(() => answer),
      )
      await expect(connection.fetch('https://sqs.eu-west-1.amazonaws.com/')).rejects.toMatchObject({ code })
    }
  })

  test("a clock that is wrong is learnt from STS's rejection, too", async () => {
    const date = { date: new Date(at + 3_600_000).toUTCString() }
    const net = roleNetwork((nth) =>
      nth === 1 ? new Response('', { status: 403, headers: date }) : stsAnswer(nth, at + 3_600_000),
    )
    const connection = open(awsSigV4({ assumeRole: {} }), settings, net)
    await connection.fetch('https://sqs.eu-west-1.amazonaws.com/')
    // An hour on STS's clock is an hour on ours.
    expect(await connection.credentials()).toMatchObject({ expiresAt: at + 3_600_000 })
    expect(net.sent.map(({ headers }) => headers.get('x-amz-date'))).toEqual([
      '20150830T123600Z',
      '20150830T133600Z',
      '20150830T133600Z',
    ])
  })

  test.each([
    [new Response('{"__type":"ExpiredTokenException"}', { status: 400 }), 2],
    [new Response('<Error><Code>InvalidAccessKeyId</Code></Error>', { status: 403 }), 2],
    [new Response('', { status: 403, headers: { 'x-amzn-errortype': 'ExpiredTokenException' } }), 2],
    [new Response('', { status: 401 }), 2],
    [new Response('<Error><Code>AccessDenied</Code></Error>', { status: 403 }), 1],
    [new Response('{"__type":"ValidationException"}', { status: 400 }), 1],
    [new Response(null, { status: 400 }), 1],
  ])('keys that AWS says have ended are replaced, others are not (%#)', async (answer, roles) => {
    let refused = false
    let assumed = 0
    const net = network(({ url }) => {
      if (url.startsWith('https://sts.')) return stsAnswer((assumed += 1), at)
      if (refused) return new Response('ok')
      refused = true
      return answer
    })
    const response = await open(awsSigV4({ assumeRole: {} }), settings, net).fetch(
      'https://sqs.eu-west-1.amazonaws.com/',
    )
    expect(assumed).toBe(roles)
    expect(response.status).toBe(roles === 2 ? 200 : answer.status)
  })
})

describe('a function', () => {
  test("of the AWS SDK's shape finds the keys, and is asked again when they end", async () => {
    let asked = 0
    let now = at
    const provider = async () => {
      asked += 1
      return { ...keys, sessionToken: `t${asked}`, expiration: new Date(now + 3_600_000), accountId: '1' }
    }
    const net = network()
    const connection = open(awsSigV4({ credentials: provider }), {}, net, () => now)
    const url = 'https://sqs.eu-west-1.amazonaws.com/'
    await connection.fetch(url)
    await connection.fetch(url)
    now += 3_600_000
    await connection.fetch(url)
    expect(net.sent.map(({ headers }) => headers.get('x-amz-security-token'))).toEqual(['t1', 't1', 't2'])
    expect(await connection.credentials()).toEqual({
      ...keys,
      sessionToken: 't2',
      expiresAt: now + 3_600_000,
    })
  })

  test('gives the keys that assume a role', async () => {
    const net = network(({ url }) => (url.startsWith('https://sts.') ? stsAnswer(1, at) : new Response('ok')))
    const auth = awsSigV4({ credentials: () => keys, assumeRole: {} })
    expect(Object.keys(auth.fields)).toEqual(['roleArn', 'externalId', 'region', 'service'])
    await open(auth, { roleArn: 'arn:aws:iam::123456789012:role/demo' }, net).fetch(
      'https://sqs.eu-west-1.amazonaws.com/',
    )
    expect(net.sent[0]!.headers.get('authorization')).toContain('/us-east-1/sts/aws4_request')
    expect(net.sent[1]!.headers.get('authorization')).toContain('Credential=ASIAROLE1/')
  })

  test('that finds nothing usable is named, without what it gave', async () => {
    for (const found of [
      { ...keys, secretAccessKey: '' },
      { ...keys, secretAccessKey: 'canary\n1' },
    ]) {
      const connection = open(awsSigV4({ credentials: () => found }), {}, network())
      const failed: unknown = await connection
        .fetch('https://sqs.eu-west-1.amazonaws.com/')
        .catch((error: unknown) => error)
      expect(failed).toMatchObject({ code: 'credentials_missing', field: 'secretAccessKey' })
      expect((failed as Error).message).not.toContain('canary')
    }
  })
})
