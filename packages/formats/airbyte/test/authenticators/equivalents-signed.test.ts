import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Sent } from '../../../../../tools/network.ts'
import { custom, heads } from './equivalents-support.ts'
import { start } from './support.ts'

describe('signatures', () => {
  const aws = async (
    api: string,
    members: Record<string, string>,
    method: string,
    body?: string,
  ): Promise<Sent> => {
    const { connection, sent } = custom(
      'source_declarative_manifest.components.CustomAuthenticator',
      Object.fromEntries(Object.keys(members).map((name) => [name, `{{ config['${name}'] }}`])),
      { settings: members, connect: { origins: [new URL(api).origin] } },
      api,
    )
    await connection.fetch(`${api}/?a=b`, { method, ...(body !== undefined && { body }) })
    return sent[0] as Sent
  }

  test('CloudTrail: Signature Version 4 over what is sent', async () => {
    const members = {
      aws_key_id: 'AKIDEXAMPLE',
      aws_secret_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      aws_region_name: 'us-east-1',
    }
    const sent = await aws('https://cloudtrail.us-east-1.amazonaws.com', members, 'POST', '{"StartTime":1}')
    const [type, date, authorization] = heads(sent, 'content-type', 'x-amz-date', 'authorization')
    expect([type, date]).toEqual(['application/x-amz-json-1.1', '20240101T000000Z'])
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    const mac = (key: string | Buffer, text: string): Buffer =>
      createHmac('sha256', key).update(text).digest()
    const [, names = ''] = /SignedHeaders=([^,]+)/.exec(authorization ?? '') ?? []
    const host = 'cloudtrail.us-east-1.amazonaws.com'
    const lines = names
      .split(';')
      .map((name) => `${name}:${name === 'host' ? host : (sent.headers.get(name) ?? '')}\n`)
    const request = `POST\n/\na=b\n${lines.join('')}\n${names}\n${hash('{"StartTime":1}')}`
    const scope = '20240101/us-east-1/cloudtrail/aws4_request'
    const key = scope
      .split('/')
      .reduce<string | Buffer>((derived, part) => mac(derived, part), `AWS4${members.aws_secret_key}`)
    const signature = mac(key, `AWS4-HMAC-SHA256\n20240101T000000Z\n${scope}\n${hash(request)}`).toString(
      'hex',
    )
    expect(authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    )
    expect(names.split(';')).toEqual(expect.arrayContaining(['content-type', 'host', 'x-amz-date']))
  })

  test('SQS: the same for its service', async () => {
    const members = {
      access_key: 'AKIDEXAMPLE',
      secret_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      region: 'eu-west-1',
    }
    const sent = await aws('https://sqs.eu-west-1.amazonaws.com', members, 'GET')
    expect(sent.headers.get('authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20240101\/eu-west-1\/sqs\/aws4_request, SignedHeaders=/,
    )
  })

  test('Infor Nexus: an HMAC over time, method, path and query in lower case', async () => {
    const { connection, sent } = custom(
      'source_nexus_datasets.components.NexusCustomAuthenticator',
      {},
      {
        settings: { access_key_id: 'AK', secret_key: 'S3cret', user_id: 'me', api_key: 'k' },
      },
    )
    await connection.fetch('https://api.example/rest/3.1/Dataset?mode=Full')
    const message = '2024-01-01t00:00:00.000zget/rest/3.1/dataset?mode=full'
    const mac = createHmac('sha256', 'S3cret').update(message).digest('base64')
    expect(heads(sent[0] as Sent, 'authorization', 'x-dapi-date', 'x-nexus-api-key')).toEqual([
      `HMAC_1 AK:${mac}:me`,
      new Date(start).toISOString(),
      'k',
    ])
  })
})
