import { expect, test } from '@jest/globals'
import { hostScope } from '../src/host.ts'

test.each([
  ['s3.amazonaws.com', 'us-east-1', 's3'],
  ['bucket.s3.amazonaws.com', 'us-east-1', 's3'],
  ['bucket.s3.eu-west-1.amazonaws.com', 'eu-west-1', 's3'],
  ['bucket.s3-eu-west-1.amazonaws.com', 'eu-west-1', 's3'],
  ['bucket.s3.dualstack.eu-west-1.amazonaws.com', 'eu-west-1', 's3'],
  ['bucket.s3-accelerate.amazonaws.com', undefined, 's3'],
  ['bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com', 'us-east-1', 's3'],
  ['a1b2.execute-api.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'execute-api'],
  ['a1b2.lambda-url.us-east-1.on.aws', 'us-east-1', 'lambda'],
  ['search-x-y.us-east-1.es.amazonaws.com', 'us-east-1', 'es'],
  ['x.eu-central-1.aoss.amazonaws.com', 'eu-central-1', 'aoss'],
  ['email.us-east-1.amazonaws.com', 'us-east-1', 'ses'],
  ['kms-fips.us-east-1.amazonaws.com', 'us-east-1', 'kms'],
  ['iam.amazonaws.com', 'us-east-1', 'iam'],
  ['sts.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'sts'],
  ['iot.eu-west-1.amazonaws.com', 'eu-west-1', 'iot'],
  ['a1-ats.iot.eu-west-1.amazonaws.com', 'eu-west-1', 'iotdata'],
  ['lambda.eu-west-1.api.aws', 'eu-west-1', 'lambda'],
  ['s3.us-east-1.amazonaws.com.evil.example', undefined, undefined],
  ['api.example.com', undefined, undefined],
])('the host %s says %s and %s', (host, region, service) => {
  expect(hostScope(host)).toEqual({ ...(service && { region, service }) })
})
