import { expect, test } from '@jest/globals'
import { awsSigV4, type AwsIdentity } from '@latchkey/aws-sigv4'
import { testStrategy } from '@latchkey/testing'
import { stsAnswer, verified, verifiedQuery } from './support.ts'

const runner = { test, expect }
const settings = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/canary+1234567890' }
const scope = { service: 'execute-api', region: 'eu-west-1' }

testStrategy(
  awsSigV4(scope),
  {
    name: 'in a header',
    settings,
    accepts: (request, side) => verified(request, side.settings, request.at),
    refuse: () =>
      Response.json({ message: 'The request signature we calculated does not match' }, { status: 403 }),
    invalid: [
      { settings: { ...settings, secretAccessKey: '' }, field: 'secretAccessKey' },
      { settings: { ...settings, accessKeyId: 'AKID/EXAMPLE' }, field: 'accessKeyId' },
    ],
  },
  runner,
)

testStrategy(
  awsSigV4({ ...scope, in: 'query' }),
  {
    name: 'in a presigned URL',
    settings,
    accepts: (request, side) => verifiedQuery(request, side.settings, request.at),
  },
  runner,
)

testStrategy(
  awsSigV4({ ...scope, assumeRole: { sessionName: 'conformance' } }),
  {
    name: 'as a role',
    settings: { ...settings, roleArn: 'arn:aws:iam::123456789012:role/demo' },
    accepts: async (request, side) =>
      side.credentials !== undefined && (await verified(request, side.credentials, request.at)),
    provider: async (request, side) => {
      if (request.url.origin !== 'https://sts.eu-west-1.amazonaws.com') return undefined
      return (await verified(request, side.settings, request.at))
        ? stsAnswer(side.nth, request.at)
        : new Response('<Error><Code>SignatureDoesNotMatch</Code></Error>', { status: 403 })
    },
    secrets: ({ secretAccessKey, sessionToken }) => [secretAccessKey, sessionToken ?? ''],
    invalid: [{ settings: { ...settings, roleArn: 'demo' }, field: 'roleArn' }],
  },
  runner,
)

testStrategy(
  awsSigV4({
    ...scope,
    async credentials({ fetch }) {
      const found = (await (await fetch('https://keys.latchkey.test/')).json()) as AwsIdentity & {
        until: string
      }
      return { ...found, expiration: new Date(found.until) }
    },
  }),
  {
    name: 'with keys from a function',
    settings: {},
    accepts: async (request, side) =>
      side.credentials !== undefined && (await verified(request, side.credentials, request.at)),
    provider: ({ url, at }, { nth }) =>
      url.origin === 'https://keys.latchkey.test'
        ? Response.json({
            accessKeyId: `ASIAFOUND${nth}`,
            secretAccessKey: `found/secret${nth}`,
            until: new Date(at + 3_600_000).toISOString(),
          })
        : undefined,
    secrets: ({ secretAccessKey }) => [secretAccessKey],
  },
  runner,
)
