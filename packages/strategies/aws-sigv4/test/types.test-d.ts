import { connect, type CredentialsOf } from '@latchkey/core'
import { awsSigV4, type AwsCredentials } from '@latchkey/aws-sigv4'

const origins = ['https://api.example.com']
const keys = { accessKeyId: 'a', secretAccessKey: 's' }

connect(awsSigV4(), { settings: keys, origins })
connect(awsSigV4(), { settings: { ...keys, sessionToken: 't', region: 'eu-west-1', service: 's3' }, origins })
// @ts-expect-error the secret is required
connect(awsSigV4(), { settings: { accessKeyId: 'a' }, origins })
// @ts-expect-error no role is assumed
connect(awsSigV4(), { settings: { ...keys, roleArn: 'r' }, origins })

connect(awsSigV4({ assumeRole: {} }), { settings: { ...keys, roleArn: 'r' }, origins })
// @ts-expect-error the role is required
connect(awsSigV4({ assumeRole: {} }), { settings: keys, origins })

connect(awsSigV4({ credentials: async () => keys }), { settings: {}, origins })
// @ts-expect-error the function finds the keys
connect(awsSigV4({ credentials: async () => keys }), { settings: keys, origins })
// @ts-expect-error a function finds both keys
awsSigV4({ credentials: () => ({ accessKeyId: 'a' }) })

const earned = awsSigV4({ credentials: () => keys, assumeRole: {} })
const until = ({} as CredentialsOf<typeof earned>).expiresAt satisfies AwsCredentials['expiresAt']

// @ts-expect-error a signature goes into a header or a query
awsSigV4({ in: 'body' })
